package io.outcrop.storage.cache;

import io.outcrop.oci.Digest;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What a link has shown itself to be: exponentially weighted moving averages of the time to the
 * first byte and of the rate after it. Thread-safe.
 */
public final class LinkEstimate implements RefetchCost {

  /** The time to the first byte that is assumed before any was seen, in seconds. */
  public static final double DEFAULT_LATENCY_SECONDS = 0.2;

  /** The rate that is assumed before any was seen: 100 Mbit/s. */
  public static final double DEFAULT_BYTES_PER_SECOND = 12.5e6;

  private static final double WEIGHT_OF_NEWEST = 0.1;
  // Shorter transfers fit into the window that TCP begins with and say nothing about the rate.
  private static final long LEAST_BYTES_FOR_RATE = 256 << 10;
  private static final double LEAST_SECONDS = 1e-4;

  private final AtomicReference<Averages> averages;

  /** An estimate that assumes the defaults until it has seen the link. */
  public LinkEstimate() {
    this(DEFAULT_LATENCY_SECONDS, DEFAULT_BYTES_PER_SECOND);
  }

  /**
   * An estimate that begins with what is known of the link.
   *
   * @throws IllegalArgumentException if one of the numbers is not more than 0, or not finite
   */
  public LinkEstimate(double latencySeconds, double bytesPerSecond) {
    requirePositive("latencySeconds", latencySeconds);
    requirePositive("bytesPerSecond", bytesPerSecond);
    averages = new AtomicReference<>(new Averages(latencySeconds, 1 / bytesPerSecond));
  }

  /**
   * Learns from one transfer.
   *
   * @param firstByte from the request to the first byte of the answer
   * @param bytes how many came
   * @param transfer from the first byte to the last
   */
  public void observe(Duration firstByte, long bytes, Duration transfer) {
    double latency = Math.max(LEAST_SECONDS, seconds(firstByte));
    double duration = Math.max(LEAST_SECONDS, seconds(transfer));
    averages.updateAndGet(old ->
        new Averages(
            blend(old.latencySeconds, latency),
            bytes < LEAST_BYTES_FOR_RATE
                ? old.secondsPerByte
                : blend(old.secondsPerByte, duration / bytes)));
  }

  /** The time to the first byte. */
  public double latencySeconds() {
    return averages.get().latencySeconds;
  }

  /** The rate after the first byte. */
  public double bytesPerSecond() {
    return 1 / averages.get().secondsPerByte;
  }

  @Override
  public double seconds(Digest content, long bytes) {
    Averages now = averages.get();
    return now.latencySeconds + bytes * now.secondsPerByte;
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }

  private static double blend(double average, double newest) {
    return average + WEIGHT_OF_NEWEST * (newest - average);
  }

  private static void requirePositive(String name, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
    }
  }

  // Seconds a byte rather than bytes a second: what is averaged is what is paid.
  private record Averages(double latencySeconds, double secondsPerByte) {}
}
