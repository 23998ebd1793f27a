package io.outcrop.storage;

import io.outcrop.oci.Digest;
import io.outcrop.storage.cache.ReplacementPolicy;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * Keeps one pool of content within its bound: room is booked before the first byte is written, and
 * what the policy names is evicted for it. Thread-safe; no reader of content ever takes its lock.
 */
final class SpaceLedger {

  /** Removes content from disk and index; false if it has come into use meanwhile. */
  interface Evictor {
    boolean evict(Digest digest);
  }

  /** Makes content resident, or no longer so. */
  interface Change<E extends Exception> {
    void make() throws E;
  }

  private final long capacity;
  private final ReplacementPolicy policy;
  private final Predicate<Digest> evictable;
  private final Evictor evictor;
  private final Evictor partialEvictor;
  private final Runnable beforeChoosing;
  private final ReentrantLock lock = new ReentrantLock();
  // Partial files nobody is writing, oldest first: the first to go when room is needed.
  private final Map<Digest, Long> idlePartials = new LinkedHashMap<>();
  private long booked;
  // Of what is booked, what an eviction could give back: complete content and idle partials.
  private long movable;
  private long evictions;
  private long evictedBytes;

  /**
   * @param evictable tells content that may leave
   * @param evictor removes complete content; called exclusively
   * @param partialEvictor removes partial content
   * @param beforeChoosing run before a victim is chosen, to tell the policy of late uses
   */
  SpaceLedger(
      long capacity,
      ReplacementPolicy policy,
      Predicate<Digest> evictable,
      Evictor evictor,
      Evictor partialEvictor,
      Runnable beforeChoosing) {
    this.capacity = capacity;
    this.policy = policy;
    this.evictable = evictable;
    this.evictor = evictor;
    this.partialEvictor = partialEvictor;
    this.beforeChoosing = beforeChoosing;
  }

  /** Makes a change while nothing else in this pool is changed or chosen to be evicted. */
  <E extends Exception> void exclusively(Change<E> change) throws E {
    lock.lock();
    try {
      change.make();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Books room, evicting as needed.
   *
   * @throws InsufficientSpaceException if all that is left is in use
   */
  void book(long bytes) throws InsufficientSpaceException {
    lock.lock();
    try {
      if (bytes > capacity) {
        throw new InsufficientSpaceException(
            "content of " + bytes + " bytes exceeds the capacity of " + capacity);
      }
      if (bytes > capacity - (booked - movable)) {
        throw noRoom(bytes); // Nothing is evicted for what would not fit anyway.
      }
      if (booked + bytes > capacity) {
        beforeChoosing.run();
      }
      while (booked + bytes > capacity) {
        if (!dropOldestPartial() && !evictOne()) {
          throw noRoom(bytes);
        }
      }
      booked += bytes;
    } finally {
      lock.unlock();
    }
  }

  /** Gives back room that was booked. */
  void free(long bytes) {
    lock.lock();
    try {
      booked -= bytes;
    } finally {
      lock.unlock();
    }
  }

  /** Tells the policy of content that is now resident, in room booked before. */
  void admitted(Digest digest, long bytes) {
    lock.lock();
    try {
      movable += bytes;
      policy.admitted(digest, bytes);
    } finally {
      lock.unlock();
    }
  }

  /** Takes over content found at start-up, whose room nobody has booked; may exceed the bound. */
  void restored(Digest digest, long bytes) {
    lock.lock();
    try {
      booked += bytes;
      movable += bytes;
      policy.admitted(digest, bytes);
    } finally {
      lock.unlock();
    }
  }

  void accessed(Digest digest) {
    lock.lock();
    try {
      policy.accessed(digest, ReplacementPolicy.UNKNOWN_CLIENT);
    } finally {
      lock.unlock();
    }
  }

  /** Content is gone by other means than eviction. */
  void lost(Digest digest, long bytes) {
    lock.lock();
    try {
      policy.removed(digest);
      booked -= bytes;
      movable -= bytes;
    } finally {
      lock.unlock();
    }
  }

  /** Leaves a partial file, whose room stays booked, for a later fill. */
  void partialIdle(Digest digest, long bytes) {
    lock.lock();
    try {
      movable += bytes;
      idlePartials.put(digest, bytes);
    } finally {
      lock.unlock();
    }
  }

  /** Takes over a partial file found at start-up. */
  void partialRestored(Digest digest, long bytes) {
    lock.lock();
    try {
      booked += bytes;
      movable += bytes;
      idlePartials.put(digest, bytes);
    } finally {
      lock.unlock();
    }
  }

  /** Takes a partial file into use; its bytes, which stay booked, or 0 if there is none. */
  long partialResumed(Digest digest) {
    lock.lock();
    try {
      Long bytes = idlePartials.remove(digest);
      if (bytes == null) {
        return 0;
      }
      movable -= bytes;
      return bytes;
    } finally {
      lock.unlock();
    }
  }

  /** Evicts until the bound holds, as after start-up with a smaller capacity. */
  void enforce() {
    lock.lock();
    try {
      while (booked > capacity) {
        if (!dropOldestPartial() && !evictOne()) {
          return;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  Usage usage() {
    lock.lock();
    try {
      return new Usage(capacity, booked, evictions, evictedBytes);
    } finally {
      lock.unlock();
    }
  }

  private InsufficientSpaceException noRoom(long bytes) {
    return new InsufficientSpaceException(
        "no room for "
            + bytes
            + " bytes: "
            + booked
            + " of "
            + capacity
            + " are in use and not enough of it can be evicted");
  }

  private boolean dropOldestPartial() {
    Optional<Map.Entry<Digest, Long>> oldest = idlePartials.entrySet().stream().findFirst();
    if (oldest.isEmpty()) {
      return false;
    }
    Digest digest = oldest.get().getKey();
    long bytes = oldest.get().getValue();
    idlePartials.remove(digest);
    partialEvictor.evict(digest);
    booked -= bytes;
    movable -= bytes;
    return true;
  }

  private boolean evictOne() {
    long before = booked;
    while (booked == before) {
      Optional<Digest> victim = policy.victim(evictable);
      if (victim.isEmpty()) {
        return false;
      }
      // On success the evictor reports back through lost(), which frees the room.
      if (evictor.evict(victim.get())) {
        evictions++;
        evictedBytes += before - booked;
      }
    }
    return true;
  }

  /**
   * How full a pool is.
   *
   * @param capacity its bound in bytes
   * @param booked bytes resident, growing or promised
   * @param evictions how often content was evicted since start-up
   * @param evictedBytes how much that was
   */
  record Usage(long capacity, long booked, long evictions, long evictedBytes) {}
}
