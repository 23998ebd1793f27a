package io.outcrop.proxy.resolve;

import io.outcrop.proxy.upstream.UpstreamException;
import java.time.Instant;

/**
 * Why an answer may be out of date.
 *
 * @param confirmedAt when the upstream last confirmed it
 * @param reason why it could not be asked again
 */
public record Staleness(Instant confirmedAt, String reason) {

  static Staleness because(Instant confirmedAt, UpstreamException failure) {
    return new Staleness(confirmedAt, String.valueOf(failure.getMessage()));
  }
}
