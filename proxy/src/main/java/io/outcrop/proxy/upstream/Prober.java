package io.outcrop.proxy.upstream;

import io.outcrop.proxy.upstream.UpstreamStatus.Circuit;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries an endpoint whose circuit is open, ever less often, so that recovery needs neither a
 * restart nor a client's request. It rests when nobody asks for the endpoint any more.
 */
final class Prober implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Prober.class);
  private static final Duration FIRST = Duration.ofMillis(250);
  private static final Duration LONGEST = Duration.ofSeconds(5);
  private static final Duration INTEREST = Duration.ofMinutes(2);

  /** One try; it tells the breaker how it went. */
  private final Runnable ping;

  private final CircuitBreaker breaker;
  private final ScheduledExecutorService scheduler;
  private final InstantSource clock;
  private final AtomicBoolean awake = new AtomicBoolean();
  private volatile Instant lastAsked;
  private volatile boolean closed;

  Prober(
      CircuitBreaker breaker,
      ScheduledExecutorService scheduler,
      InstantSource clock,
      Runnable ping) {
    this.breaker = breaker;
    this.scheduler = scheduler;
    this.clock = clock;
    this.ping = ping;
    this.lastAsked = clock.instant();
  }

  /** Notes that somebody wants the endpoint. */
  void asked() {
    lastAsked = clock.instant();
  }

  /**
   * Starts trying.
   *
   * @return false if it is being tried already
   */
  boolean wake() {
    if (closed || !awake.compareAndSet(false, true)) {
      return false;
    }
    schedule(FIRST);
    return true;
  }

  private void schedule(Duration delay) {
    try {
      var _ =
          scheduler.schedule(
              () -> Thread.startVirtualThread(() -> probe(delay)),
              delay.toMillis(),
              TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("not probing any more: shutting down");
    }
  }

  private void probe(Duration delay) {
    if (breaker.state() != Circuit.CLOSED && !closed && isWanted()) {
      breaker.trying();
      ping.run();
    }
    if (breaker.state() == Circuit.CLOSED || closed || !isWanted()) {
      awake.set(false);
      return;
    }
    Duration twice = delay.multipliedBy(2);
    schedule(twice.compareTo(LONGEST) < 0 ? twice : LONGEST);
  }

  private boolean isWanted() {
    return clock.instant().isBefore(lastAsked.plus(INTEREST));
  }

  @Override
  public void close() {
    closed = true;
  }
}
