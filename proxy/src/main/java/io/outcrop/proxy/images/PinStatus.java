package io.outcrop.proxy.images;

import io.outcrop.proxy.jobs.Job;
import io.outcrop.storage.Pin;
import java.util.Optional;

/**
 * A pin, and how far what it promises is kept.
 *
 * @param pin what is pinned
 * @param state how far it is
 * @param missingPieces pieces of its content that are not here
 * @param missingBytes bytes of these
 * @param job what brings them here, if anything does now
 * @param problem why they are not here, or why it may not be what the tag means now; the latest
 */
public record PinStatus(
    Pin pin,
    State state,
    int missingPieces,
    long missingBytes,
    Optional<Job> job,
    Optional<String> problem) {

  /** How far a pin is. */
  public enum State {
    /** Every byte of it is here, verified, and stays. */
    COMPLETE,
    /** Some of it is not here yet, or not any more. */
    INCOMPLETE,
    /** What it was is here and stays; what its tag means now is on its way. */
    UPDATING
  }
}
