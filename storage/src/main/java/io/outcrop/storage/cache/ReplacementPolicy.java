package io.outcrop.storage.cache;

import io.outcrop.oci.Digest;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Decides which content is kept when there is not room for all.
 *
 * <p>A policy is pure: it does no I/O, starts no thread and reads no clock but the one it was
 * given, so that the simulator and the server run the same class. It is not thread-safe; its owner
 * calls it from one thread at a time and tells it of every arrival, use and departure.
 *
 * <p>The order of calls for content that is asked for and absent: {@link #accessed} says who asks,
 * {@link #admits} whether it is worth keeping, {@link #victim} and {@link #evicted} as often as
 * room is short, then {@link #admitted}.
 */
public interface ReplacementPolicy {

  /** A client of which nothing is known; each of its uses counts. */
  int UNKNOWN_CLIENT = 0;

  /**
   * Whether absent content is worth keeping. Asked when its size is known and before room is made
   * for it. A refusal is remembered, so that the next request for it is granted.
   *
   * @param bytes its size
   * @param freeBytes room there is without evicting anything
   * @param wanted whether more than one client waits for it
   */
  boolean admits(Digest content, long bytes, long freeBytes, boolean wanted);

  /**
   * Content became resident, which is the first use of it.
   *
   * @param content what arrived; if it is resident already, this does nothing
   * @param bytes its size
   */
  void admitted(Digest content, long bytes);

  /**
   * Content was asked for. That of content which is not resident changes no standing, but is
   * remembered as a use by this client: the fill that follows counts for it.
   *
   * @param client stands for who asked, so that one client's repeated requests can be told from the
   *     requests of many; {@link #UNKNOWN_CLIENT} if that is not known
   */
  void accessed(Digest content, int client);

  /**
   * Names what should leave next. The owner answers with {@link #evicted} or {@link #removed} once
   * it is gone; until then the same may be named again.
   *
   * @param evictable tells content that may leave from content that is in use or pinned
   * @return the least valuable evictable content; empty if none may leave
   */
  Optional<Digest> victim(Predicate<Digest> evictable);

  /** Content has left to make room; what was learnt about it is remembered for a while. */
  void evicted(Digest content);

  /**
   * Content is gone for another reason, and nothing of it remembered; unknown content is ignored.
   */
  void removed(Digest content);

  /** Why content is resident, or what is remembered of content that no longer is. */
  Optional<Standing> standing(Digest content);
}
