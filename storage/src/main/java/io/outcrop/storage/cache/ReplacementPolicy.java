package io.outcrop.storage.cache;

import io.outcrop.oci.Digest;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Decides which content leaves when room is needed.
 *
 * <p>A policy is pure: it does no I/O, starts no thread and reads no clock, so that the simulator
 * and the server run the same class. It is not thread-safe; its owner calls it from one thread at a
 * time and tells it of every arrival, use and departure.
 */
public interface ReplacementPolicy {

  /**
   * Content became resident.
   *
   * @param content what arrived; not resident before
   * @param bytes its size
   */
  void admitted(Digest content, long bytes);

  /** Resident content was used; content the policy does not know is ignored. */
  void accessed(Digest content);

  /** Content is no longer resident, by eviction or otherwise; unknown content is ignored. */
  void removed(Digest content);

  /**
   * Names what should leave next. The owner answers with {@link #removed} once it is gone.
   *
   * @param evictable tells content that may leave from content that is in use or pinned
   * @return the least valuable evictable content; empty if none may leave
   */
  Optional<Digest> victim(Predicate<Digest> evictable);
}
