package io.outcrop.proxy.resolve;

import java.time.Duration;
import java.time.Instant;

/**
 * Why an answer may be out of date.
 *
 * @param confirmedAt when the upstream last confirmed it
 * @param servedAt when it was answered with all the same
 * @param reason why it could not be asked again
 */
public record Staleness(Instant confirmedAt, Instant servedAt, String reason) {

  /** For how long nobody has confirmed it. */
  public Duration age() {
    Duration age = Duration.between(confirmedAt, servedAt);
    // The clock may have been set back.
    return age.isNegative() ? Duration.ZERO : age;
  }
}
