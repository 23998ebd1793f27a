package io.outcrop.proxy.upstream;

import io.outcrop.proxy.upstream.Limits.Permit;
import io.outcrop.proxy.upstream.TransportException.Fault;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** Asks one endpoint: whether it may be asked, who asks, and what its answer means. */
final class EndpointClient {

  /** Makes something of an answer whose status is as expected. */
  @FunctionalInterface
  interface Body<T> {
    /**
     * Reads the answer.
     *
     * @param permit given back when this returns; kept by the result of a {@link Kind#BLOB}
     */
    T read(Answer answer, Permit permit) throws IOException, UpstreamException;
  }

  private static final int ATTEMPTS = 3;
  private static final int LOGINS = 2;
  private static final int BACKOFF_MILLIS = 50;

  private final Endpoint endpoint;
  private final HttpTransport transport;
  private final Login login;
  private final Limits limits;
  private final UpstreamMetrics metrics;

  EndpointClient(
      Endpoint endpoint,
      HttpTransport transport,
      Login login,
      Limits limits,
      UpstreamMetrics metrics) {
    this.endpoint = endpoint;
    this.transport = transport;
    this.login = login;
    this.limits = limits;
    this.metrics = metrics;
  }

  Endpoint endpoint() {
    return endpoint;
  }

  /** Sends a call, once more where the connection broke, and reads the answer. */
  <T> T call(Call call, Body<T> body) throws UpstreamException {
    String outcome = "error";
    try {
      T result = retrying(call, body);
      outcome = "ok";
      return result;
    } catch (UpstreamException e) {
      outcome =
          switch (e) {
            case UpstreamException.NotFound _ -> "not_found";
            case UpstreamException.Denied _ -> "denied";
            case UpstreamException.RateLimited _ -> "rate_limited";
            case UpstreamException.Unavailable _ -> "unavailable";
            case UpstreamException.Invalid _ -> "invalid";
          };
      throw e;
    } finally {
      metrics.request(label(), call.kind(), outcome);
    }
  }

  private <T> T retrying(Call call, Body<T> body) throws UpstreamException {
    for (int attempt = 1; ; attempt++) {
      endpoint.admit(call.kind());
      try {
        return once(call, body);
      } catch (TransportException e) {
        // What has cost a timeout already is not tried again: somebody waits, others may have it.
        if (e.fault() != Fault.BROKEN || attempt == ATTEMPTS || !pause(attempt)) {
          throw unavailable(e);
        }
        metrics.retry(label());
      }
    }
  }

  private <T> T once(Call call, Body<T> body) throws UpstreamException, TransportException {
    Permit permit;
    try {
      permit = limits.enter(call.kind());
    } catch (InterruptedException e) {
      throw TransportException.interrupted(e);
    }
    boolean kept = false;
    try {
      Answer answer = authorized(call);
      try {
        expect(call, answer);
        T result = body.read(answer, permit);
        kept = call.kind() == Kind.BLOB;
        return result;
      } catch (IOException e) {
        throw TransportException.of(e, answer.home());
      } finally {
        if (!kept) {
          answer.drain();
        }
      }
    } finally {
      if (!kept) {
        permit.close();
      }
    }
  }

  /** Sends a call and logs in where asked to: a token just obtained is not tried twice. */
  private Answer authorized(Call call) throws UpstreamException, TransportException {
    Optional<Authorization> authorization = login.known(call.repository());
    for (int logins = 0; ; logins++) {
      Answer answer = timed(call, authorization);
      if (answer.status() != 401 || !answer.home()) {
        return answer;
      }
      HttpHeaders challenge = answer.headers();
      String reason = label() + " answered 401" + ErrorBody.of(answer).describe();
      if (logins == LOGINS || authorization.filter(Authorization::fresh).isPresent()) {
        throw new UpstreamException.Denied(reason + ", after a login");
      }
      Authorization next = login.answer(challenge, call.repository(), authorization);
      if (authorization.filter(old -> old.header().equals(next.header())).isPresent()) {
        throw new UpstreamException.Denied(reason + ", after a login");
      }
      authorization = Optional.of(next);
    }
  }

  private Answer timed(Call call, Optional<Authorization> authorization)
      throws UpstreamException, TransportException {
    URI target = endpoint.address().resolve(call);
    long start = System.nanoTime();
    Answer answer = transport.send(call, target, authorization);
    Duration latency = Duration.ofNanos(System.nanoTime() - start);
    if (answer.home()) {
      endpoint.budget().observe(answer.headers());
      if (answer.status() < 500) {
        endpoint.answered(latency);
      }
    } else {
      // It did answer, with a redirect; how long that took cannot be told from here.
      endpoint.redirected();
    }
    metrics.latency(label(), latency);
    return answer;
  }

  /** Lets the statuses through that the caller wants to see, and throws what the others mean. */
  private void expect(Call call, Answer answer) throws UpstreamException {
    int status = answer.status();
    boolean refusedHere = status == 403 && answer.home();
    if (status == 200 || status == 206 || (call.odd().contains(status) && !refusedHere)) {
      return;
    }
    ErrorBody error = ErrorBody.of(answer);
    String who = answer.home() ? label() : label() + " redirected to a host that";
    String message = who + " answered " + status + error.describe();
    switch (status) {
      case 404, 410 -> throw new UpstreamException.NotFound(message, error.code());
      case 401, 403, 451 -> {
        if (!answer.home() && call.kind() == Kind.BLOB) {
          // A signed address that has expired, say; it is not the client who is refused.
          throw new UpstreamException.Unavailable(message, null);
        }
        throw new UpstreamException.Denied(message);
      }
      case 429 ->
          throw new UpstreamException.RateLimited(
              message, endpoint.budget().refused(call.kind(), answer.headers()));
      case 407, 408 -> throw new UpstreamException.Unavailable(message, null);
      default -> {
        if (status < 500) {
          throw new UpstreamException.Invalid(message);
        }
        if (answer.home()) {
          endpoint.failed(/* grave= */ false, "answered " + status);
        }
        throw new UpstreamException.Unavailable(message, null);
      }
    }
  }

  private UpstreamException.Unavailable unavailable(TransportException e) {
    String message = String.valueOf(e.getMessage());
    if (e.home() && e.fault() != Fault.INTERRUPTED) {
      boolean grave = e.fault() == Fault.UNREACHABLE || e.fault() == Fault.TIMEOUT;
      endpoint.failed(grave, message);
    }
    String where = e.home() ? ": " : " redirected elsewhere: ";
    return new UpstreamException.Unavailable(label() + where + message, e);
  }

  private static boolean pause(int attempt) {
    int base = BACKOFF_MILLIS * attempt;
    try {
      Pace.park(Duration.ofMillis(ThreadLocalRandom.current().nextInt(base, 2 * base)));
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private String label() {
    return endpoint.address().label();
  }
}
