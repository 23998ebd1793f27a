package io.outcrop.storage;

import io.outcrop.storage.cache.Standing;
import java.time.Instant;
import java.util.Optional;

/**
 * How content came to be gone.
 *
 * @param reason why
 * @param at when, to the millisecond
 * @param bytes its size
 * @param standing what the policy held for or against it at that instant, if the policy is one that
 *     keeps such things
 */
public record Departure(Reason reason, Instant at, long bytes, Optional<Standing> standing) {

  /** Cuts the time to what the database keeps, so that one equals itself read back. */
  public Departure {
    at = Instant.ofEpochMilli(at.toEpochMilli());
  }
}
