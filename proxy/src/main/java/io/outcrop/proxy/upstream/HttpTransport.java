package io.outcrop.proxy.upstream;

import io.outcrop.proxy.config.UpstreamConfig.UpstreamTimeouts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Sends requests and follows redirects, without ever carrying a credential to another origin. */
final class HttpTransport {

  private static final int MAX_REDIRECTS = 10;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  private final HttpClient client;
  private final ProxyRules proxy;
  private final UpstreamTimeouts timeouts;
  private final String userAgent;
  private final boolean nobody;

  /**
   * A transport.
   *
   * @param nobody whether no client certificate tells who asks
   */
  HttpTransport(
      HttpClient client,
      ProxyRules proxy,
      UpstreamTimeouts timeouts,
      String userAgent,
      boolean nobody) {
    this.client = client;
    this.proxy = proxy;
    this.timeouts = timeouts;
    this.userAgent = userAgent;
    this.nobody = nobody;
  }

  /**
   * Sends a call and follows where it leads.
   *
   * @param target the absolute address at the endpoint
   * @param authorization sent to the origin of {@code target} only
   */
  Answer send(Call call, URI target, Optional<Authorization> authorization)
      throws TransportException, UpstreamException.Invalid {
    URI at = target;
    for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
      boolean home = Origin.of(at).equals(Origin.of(target));
      Answer answer = exchange(request(call, at, authorization.filter(_ -> home)), home);
      if (!REDIRECTS.contains(answer.status())) {
        return authorization.isEmpty() ? answer : withCredential(answer, authorization.get());
      }
      answer.drain();
      at = next(at, answer, target);
    }
    throw new UpstreamException.Invalid(
        target.getHost() + " redirects more than " + MAX_REDIRECTS + " times");
  }

  /** Sends one request and follows nothing. */
  Answer exchange(HttpRequest request, boolean home) throws TransportException {
    try {
      HttpResponse<BodyReader> response = client.send(request, _ -> new BodyReader());
      return new Answer(
          response.statusCode(),
          response.headers(),
          response.body(),
          timeouts.stall(),
          home,
          /* anonymous= */ nobody);
    } catch (IOException e) {
      throw TransportException.of(e, home);
    } catch (InterruptedException e) {
      throw TransportException.interrupted(e);
    }
  }

  /** A request with what all of them have in common. */
  HttpRequest.Builder builder(URI address) {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(address)
            .timeout(timeouts.response())
            .header("User-Agent", userAgent)
            .header("Accept-Encoding", "identity");
    if ("http".equals(scheme(address))) {
      // Over plain HTTP the client would offer an upgrade to HTTP/2, which confuses some servers.
      builder.version(HttpClient.Version.HTTP_1_1);
    }
    proxy.authorization(address).ifPresent(value -> builder.header("Proxy-Authorization", value));
    return builder;
  }

  private HttpRequest request(Call call, URI at, Optional<Authorization> authorization) {
    HttpRequest.Builder builder =
        builder(at).method(call.method(), BodyPublishers.noBody()).header("Accept", call.accept());
    call.range().ifPresent(range -> builder.header("Range", range));
    authorization.ifPresent(a -> builder.header("Authorization", a.header()));
    return builder.build();
  }

  private static Answer withCredential(Answer answer, Authorization authorization) {
    return new Answer(
        answer.status(),
        answer.headers(),
        answer.body(),
        answer.stall(),
        answer.home(),
        answer.anonymous() && authorization.anonymous());
  }

  private static URI next(URI at, Answer answer, URI target) throws UpstreamException.Invalid {
    // A Location is never told in a message: signed addresses are credentials.
    String from = target.getHost() + " redirects ";
    URI next;
    try {
      next = Addresses.resolve(at, answer.header("Location").orElse(""));
    } catch (IllegalArgumentException e) {
      throw new UpstreamException.Invalid(from + "to no valid address");
    }
    String scheme = scheme(next);
    if (answer.header("Location").isEmpty() || next.getHost() == null) {
      throw new UpstreamException.Invalid(from + "to nowhere");
    }
    if (!scheme.equals("https") && !scheme.equals("http")) {
      throw new UpstreamException.Invalid(from + "to " + scheme + " (expected: http or https)");
    }
    if (scheme.equals("http") && scheme(at).equals("https")) {
      throw new UpstreamException.Invalid(
          from + "from https to plain http at " + next.getHost() + ", which is not followed");
    }
    return next;
  }

  private static String scheme(URI address) {
    return Optional.ofNullable(address.getScheme()).orElse("").toLowerCase(Locale.ROOT);
  }
}
