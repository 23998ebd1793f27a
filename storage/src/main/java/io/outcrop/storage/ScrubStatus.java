package io.outcrop.storage;

import java.time.Instant;
import java.util.Optional;

/**
 * What the scrub is doing.
 *
 * @param activity whether a pass is under way
 * @param current the pass under way or paused
 * @param last the last pass that came to its end
 * @param nextAt when the next pass is due, if one is
 * @param checked pieces of content hashed since start-up
 * @param bytes bytes hashed since start-up
 */
public record ScrubStatus(
    Activity activity,
    Optional<ScrubPass> current,
    Optional<ScrubPass> last,
    Optional<Instant> nextAt,
    long checked,
    long bytes) {

  /** Whether a pass is under way. */
  public enum Activity {
    /** None is; the next one waits for its time. */
    IDLE,
    /** One is. */
    RUNNING,
    /** Told to pause; nothing is read until told to go on. */
    PAUSED
  }
}
