package io.outcrop.storage;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a store does in the background, on one thread: tells the policies of uses, looks how much of
 * the volume others leave, and saves what was learnt. Thread-safe.
 */
final class Housekeeping implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
  private static final long TICK_MILLIS = 200;
  private static final int TICKS_PER_FLUSH = 10;
  private static final int USES_PER_FLUSH = 1_000;

  private final UseTracker uses;
  private final Pools pools;
  private final Departures departures;
  private final PolicyState policyState;
  private final ScheduledExecutorService scheduler =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("outcrop-store").factory());
  private int ticksSinceFlush;

  Housekeeping(UseTracker uses, Pools pools, Departures departures, PolicyState policyState) {
    this.uses = uses;
    this.pools = pools;
    this.departures = departures;
    this.policyState = policyState;
  }

  void start() {
    var _ =
        scheduler.scheduleWithFixedDelay(
            this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Saves what is outstanding, for the last time. */
  @Override
  public void close() {
    scheduler.shutdownNow();
    uses.drain();
    flush();
  }

  private void tick() {
    try {
      uses.drain();
      pools.fitToVolume();
      if (++ticksSinceFlush >= TICKS_PER_FLUSH || uses.unsaved() >= USES_PER_FLUSH) {
        ticksSinceFlush = 0;
        flush();
      }
    } catch (RuntimeException e) {
      LOG.error("housekeeping of the store failed", e);
    }
  }

  private synchronized void flush() {
    try {
      uses.flush();
      departures.flush();
      policyState.save(pools.large());
    } catch (StoreException e) {
      LOG.warn("what was learnt of uses cannot be saved: {}", e.getMessage());
    }
  }
}
