package io.outcrop.storage;

import java.time.Duration;
import java.util.Optional;

/**
 * How a store is scrubbed.
 *
 * @param bytesPerSecond bound on what is read
 * @param interval from the start of a pass to the start of the next; empty if passes are only made
 *     when asked for
 */
public record ScrubOptions(long bytesPerSecond, Optional<Duration> interval) {

  /**
   * @throws IllegalArgumentException if the rate or the interval is not positive
   */
  public ScrubOptions {
    if (bytesPerSecond <= 0 || interval.filter(time -> !time.isPositive()).isPresent()) {
      throw new IllegalArgumentException(
          "bytes per second: " + bytesPerSecond + ", interval: " + interval + " (expected: > 0)");
    }
  }
}
