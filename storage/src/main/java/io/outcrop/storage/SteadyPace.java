package io.outcrop.storage;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A rate that is kept without bursts: time that was not used is not made up for, and a disk that is
 * slow to answer, as others use it, is left alone for longer. Not thread-safe.
 */
final class SteadyPace {

  // At most a fourth of the time is spent reading, whatever the rate would allow.
  private static final int REST_FACTOR = 3;

  private final double nanosPerByte;
  private final LongSupplier nanoTime;
  private long due;

  SteadyPace(long bytesPerSecond, LongSupplier nanoTime) {
    this.nanosPerByte = (double) TimeUnit.SECONDS.toNanos(1) / bytesPerSecond;
    this.nanoTime = nanoTime;
    this.due = nanoTime.getAsLong();
  }

  /** Nanoseconds to wait before the next read; zero or less if it may be now. */
  long untilDue() {
    return due - nanoTime.getAsLong();
  }

  /**
   * Notes a read.
   *
   * @param bytes how much it was
   * @param nanos how long it took
   */
  void read(long bytes, long nanos) {
    long now = nanoTime.getAsLong();
    long rest = Math.max((long) (bytes * nanosPerByte) - nanos, nanos * REST_FACTOR);
    // The wait before this read may have lasted longer than asked for; that is gone.
    due = now + rest;
  }
}
