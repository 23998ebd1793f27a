package io.outcrop.proxy.upstream;

import io.outcrop.proxy.upstream.UpstreamStatus.Circuit;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps requests from an endpoint that fails, so that they fail at once and not after a wait. */
final class CircuitBreaker {

  private static final Logger LOG = LoggerFactory.getLogger(CircuitBreaker.class);

  /** So many failures in a row open the circuit, unless one alone says enough. */
  private static final int THRESHOLD = 5;

  private final String endpoint;
  private final InstantSource clock;
  private Circuit state = Circuit.CLOSED;
  private int failures;
  private @Nullable String lastError;
  private @Nullable Instant lastErrorAt;
  private @Nullable Instant lastSuccessAt;

  CircuitBreaker(String endpoint, InstantSource clock) {
    this.endpoint = endpoint;
    this.clock = clock;
  }

  synchronized Circuit state() {
    return state;
  }

  synchronized Optional<String> lastError() {
    return Optional.ofNullable(lastError);
  }

  synchronized Optional<Instant> lastErrorAt() {
    return Optional.ofNullable(lastErrorAt);
  }

  synchronized Optional<Instant> lastSuccessAt() {
    return Optional.ofNullable(lastSuccessAt);
  }

  /** Notes that the endpoint answered. */
  void succeeded() {
    boolean closed;
    synchronized (this) {
      lastSuccessAt = clock.instant();
      failures = 0;
      closed = state != Circuit.CLOSED;
      state = Circuit.CLOSED;
    }
    if (closed) {
      LOG.info("upstream endpoint {} is healthy again", endpoint);
    }
  }

  /**
   * Notes that the endpoint failed.
   *
   * @param grave whether the next request cannot be expected to fare better
   * @return whether the circuit is open now
   */
  boolean failed(boolean grave, String why) {
    boolean opened;
    synchronized (this) {
      lastError = why;
      lastErrorAt = clock.instant();
      failures++;
      boolean open = state != Circuit.CLOSED || grave || failures >= THRESHOLD;
      opened = open && state == Circuit.CLOSED;
      if (!open) {
        return false;
      }
      state = Circuit.OPEN;
    }
    if (opened) {
      LOG.warn("upstream endpoint {} is unhealthy: {}", endpoint, why);
    }
    return true;
  }

  /** Notes that an open circuit is being tried. */
  synchronized void trying() {
    if (state == Circuit.OPEN) {
      state = Circuit.HALF_OPEN;
    }
  }
}
