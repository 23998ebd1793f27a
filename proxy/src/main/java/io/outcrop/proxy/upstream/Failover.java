package io.outcrop.proxy.upstream;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Asks the endpoints of an upstream one after another until one has it.
 *
 * <p>That nobody has it is believed when the first endpoint says so, or every one that could be
 * reached. A refusal ends the search: another endpoint would only see the same credential.
 */
final class Failover {

  /** Asks one endpoint. */
  @FunctionalInterface
  interface Question<T> {
    T ask(EndpointClient client) throws UpstreamException;
  }

  private final List<EndpointClient> clients;

  Failover(List<EndpointClient> clients) {
    this.clients = List.copyOf(clients);
  }

  /** The first useful answer. */
  <T> T ask(Question<T> question) throws UpstreamException {
    List<UpstreamException> failures = new ArrayList<>();
    for (EndpointClient client : inOrder()) {
      try {
        return question.ask(client);
      } catch (UpstreamException.Denied e) {
        failures.forEach(e::addSuppressed);
        throw e;
      } catch (UpstreamException.Invalid e) {
        client.endpoint().demote();
        failures.add(e);
      } catch (UpstreamException e) {
        failures.add(e);
      }
      if (Thread.currentThread().isInterrupted()) {
        break;
      }
    }
    throw verdict(failures);
  }

  private List<EndpointClient> inOrder() {
    return clients.size() == 1
        ? clients
        : clients.stream()
            .sorted(Comparator.comparing(client -> client.endpoint().isDemoted()))
            .toList();
  }

  private static UpstreamException verdict(List<UpstreamException> failures) {
    UpstreamException first = failures.getFirst();
    boolean onlyUnreachable =
        failures.stream()
            .allMatch(e ->
                e instanceof UpstreamException.NotFound
                    || e instanceof UpstreamException.Unavailable);
    UpstreamException told =
        failures.stream()
            .filter(e -> onlyUnreachable && e instanceof UpstreamException.NotFound)
            .findFirst()
            .orElse(first);
    failures.stream().filter(e -> e != told).forEach(told::addSuppressed);
    return told;
  }
}
