package io.outcrop.refactor.model;

import java.time.Duration;

/** Lets somebody give up work that another thread does. Thread-safe. */
public final class Cancellation {

  private static final long NEVER = Long.MAX_VALUE;

  private final long deadlineNanos;
  private final long startNanos = System.nanoTime();
  private volatile boolean cancelled;

  private Cancellation(long deadlineNanos) {
    this.deadlineNanos = deadlineNanos;
  }

  /** Work that may take as long as it takes. */
  public static Cancellation untilCancelled() {
    return new Cancellation(NEVER);
  }

  /** Work that is given up after a time. */
  public static Cancellation after(Duration time) {
    return new Cancellation(time.toNanos());
  }

  /** Asks for the work to end soon. */
  public void cancel() {
    cancelled = true;
  }

  /**
   * Called by the work every now and then.
   *
   * @throws CancelledException if it has to end
   */
  public void check() throws CancelledException {
    if (cancelled || Thread.currentThread().isInterrupted()) {
      throw new CancelledException("cancelled");
    }
    if (deadlineNanos != NEVER && System.nanoTime() - startNanos > deadlineNanos) {
      throw new CancelledException("not done within " + Duration.ofNanos(deadlineNanos));
    }
  }
}
