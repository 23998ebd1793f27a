package io.outcrop.proxy.upstream;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * A rate that many threads share: each pays for what it took and waits its turn, so that none is
 * left behind.
 */
final class Pace {

  /** Waits. */
  @FunctionalInterface
  interface Pause {
    void sleep(Duration time) throws InterruptedException;
  }

  private final double nanosPerUnit;
  private final long burstNanos;
  private final LongSupplier nanoTime;
  private final Pause pause;

  /** When all that was taken so far will be paid for. */
  private long paidAt;

  /**
   * A pace.
   *
   * @param perSecond units in a second
   * @param burst how much may be taken ahead after a quiet time
   */
  Pace(double perSecond, Duration burst, LongSupplier nanoTime, Pause pause) {
    this.nanosPerUnit = Duration.ofSeconds(1).toNanos() / perSecond;
    this.burstNanos = burst.toNanos();
    this.nanoTime = nanoTime;
    this.pause = pause;
    this.paidAt = nanoTime.getAsLong() - burstNanos;
  }

  /** A pace in real time. */
  static Pace of(double perSecond, Duration burst) {
    return new Pace(perSecond, burst, System::nanoTime, Pace::park);
  }

  /** Pays for some units, and waits until that is due. */
  void pay(long units) throws InterruptedException {
    long wait;
    synchronized (this) {
      long now = nanoTime.getAsLong();
      // Differences only: the origin of nano time is arbitrary.
      if (paidAt - (now - burstNanos) < 0) {
        paidAt = now - burstNanos;
      }
      paidAt += (long) (units * nanosPerUnit);
      wait = paidAt - now;
    }
    if (wait > 0) {
      pause.sleep(Duration.ofNanos(wait));
    }
  }

  /** Waits in real time. */
  static void park(Duration time) throws InterruptedException {
    long until = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos(); left > 0; left = until - System.nanoTime()) {
      LockSupport.parkNanos(left);
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
  }
}
