package io.outcrop.proxy.upstream;

import io.outcrop.proxy.upstream.UpstreamStatus.Circuit;
import io.outcrop.proxy.upstream.UpstreamStatus.EndpointStatus;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;

/** One address of an upstream, and how it is doing. */
final class Endpoint implements AutoCloseable {

  private static final Duration DEMOTION = Duration.ofSeconds(30);
  private static final Duration LONGEST_PING = Duration.ofSeconds(5);
  private static final double WEIGHT_OF_LATEST = 0.2;

  private final EndpointAddress address;
  private final HttpTransport transport;
  private final InstantSource clock;
  private final CircuitBreaker breaker;
  private final RateBudget budget;
  private final Prober prober;
  private volatile Instant demotedUntil = Instant.MIN;
  private volatile double latencyNanos;

  Endpoint(
      EndpointAddress address,
      HttpTransport transport,
      InstantSource clock,
      ScheduledExecutorService scheduler) {
    this.address = address;
    this.transport = transport;
    this.clock = clock;
    this.breaker = new CircuitBreaker(address.label(), clock);
    this.budget = new RateBudget(clock);
    this.prober = new Prober(breaker, scheduler, clock, this::ping);
  }

  EndpointAddress address() {
    return address;
  }

  RateBudget budget() {
    return budget;
  }

  /** Lets a request pass, or says at once why it would be in vain. */
  void admit(Kind kind) throws UpstreamException {
    prober.asked();
    // Whoever finds nobody trying an unhealthy endpoint is the one to try it.
    if (breaker.state() != Circuit.CLOSED && !prober.wake()) {
      throw new UpstreamException.Unavailable(
          address.label() + " is unhealthy: " + breaker.lastError().orElse(""), null);
    }
    Optional<Duration> wait = budget.blocked(kind);
    if (wait.isPresent()) {
      throw new UpstreamException.RateLimited(
          address.label() + " asked to wait for " + wait.get().toSeconds() + " s more", wait.get());
    }
  }

  /** Notes an answer that came from the endpoint itself. */
  void answered(Duration latency) {
    breaker.succeeded();
    double nanos = latency.toNanos();
    double before = latencyNanos;
    // A lost update among concurrent answers does not matter to an average.
    latencyNanos = before == 0 ? nanos : before + WEIGHT_OF_LATEST * (nanos - before);
  }

  /** Notes an answer that sent the request elsewhere. */
  void redirected() {
    breaker.succeeded();
  }

  void failed(boolean grave, String why) {
    if (breaker.failed(grave, why)) {
      prober.wake();
    }
  }

  /** Has it asked after the others for a while, because what it sent was of no use. */
  void demote() {
    demotedUntil = clock.instant().plus(DEMOTION);
  }

  boolean isDemoted() {
    return clock.instant().isBefore(demotedUntil);
  }

  boolean isHealthy() {
    return breaker.state() == Circuit.CLOSED;
  }

  EndpointStatus status() {
    return new EndpointStatus(
        address.configured(),
        breaker.state(),
        Duration.ofNanos((long) latencyNanos),
        breaker.lastSuccessAt(),
        breaker.lastError(),
        breaker.lastErrorAt(),
        budget.snapshot());
  }

  private void ping() {
    URI at = address.ping();
    HttpRequest request = transport.builder(at).timeout(LONGEST_PING).GET().build();
    try {
      Answer answer = transport.exchange(request, /* home= */ true);
      answer.drain();
      if (answer.status() < 500) {
        breaker.succeeded();
      } else {
        breaker.failed(/* grave= */ true, "answered " + answer.status());
      }
    } catch (TransportException e) {
      breaker.failed(/* grave= */ true, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() {
    prober.close();
  }
}
