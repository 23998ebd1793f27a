package io.outcrop.storage;

import io.outcrop.oci.Digest;
import io.outcrop.storage.cache.ReplacementPolicy;
import io.outcrop.storage.cache.Standing;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Keeps one pool of content within its bound: room is booked before the first byte is written, and
 * what the policy names is evicted for it. Thread-safe; no reader of content ever takes its lock.
 *
 * @param <P> the policy that chooses
 */
final class SpaceLedger<P extends ReplacementPolicy> {

  /*
   * What is booked is the bytes of content that is resident, growing or promised, and of such as is
   * gone but still open for its last readers, whose room is on no disk until they have left.
   * Movable is what of that an eviction could give back: complete content that no pin names, and
   * partial files that nobody writes. What would not fit if all of it went is refused at once.
   */

  /** Takes content out. */
  interface Evictor {

    /**
     * Evicts content and, before it returns, tells of it through {@link #departed} and {@link
     * #free}. Called exclusively.
     *
     * @return false if it has come into use meanwhile
     */
    boolean evict(Digest digest, Reason reason);
  }

  /** Makes content resident, or no longer so. */
  interface Change<E extends Exception> {
    void make() throws E;
  }

  private final long bound;
  private final P policy;
  private final Predicate<Digest> evictable;
  private final Evictor evictor;
  private final Predicate<Digest> partialEvictor;
  private final Runnable beforeChoosing;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile BooleanSupplier lastResort = () -> false;
  // Partial files nobody is writing, oldest first: the first to go when room is needed.
  private final Map<Digest, Long> idlePartials = new LinkedHashMap<>();
  // Freed by those who must not wait for the lock; booked until the next who has it sees it.
  private final AtomicLong freed = new AtomicLong();
  // At most the bound; less where others need the volume.
  private long capacity;
  private long booked;
  private long movable;
  private long evictions;
  private long evictedBytes;
  private long refused;

  /**
   * @param bound the most that this pool may ever take
   * @param evictable tells content that may leave
   * @param evictor removes complete content; called exclusively
   * @param partialEvictor removes partial content
   * @param beforeChoosing run before the policy is asked, to tell it of late uses
   */
  SpaceLedger(
      long bound,
      P policy,
      Predicate<Digest> evictable,
      Evictor evictor,
      Predicate<Digest> partialEvictor,
      Runnable beforeChoosing) {
    this.bound = bound;
    this.capacity = bound;
    this.policy = policy;
    this.evictable = evictable;
    this.evictor = evictor;
    this.partialEvictor = partialEvictor;
    this.beforeChoosing = beforeChoosing;
  }

  /**
   * Sets what to do where no eviction gives enough room.
   *
   * @param freer gives back some of what was {@link #occupied}, if there is any; called exclusively
   */
  void lastResort(BooleanSupplier freer) {
    lastResort = freer;
  }

  /** The most that this pool may ever take. */
  long bound() {
    return bound;
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

  /** Tells the policy something. */
  void tell(Consumer<P> news) {
    exclusively(() -> news.accept(policy));
  }

  /** Asks the policy something. */
  <T> T asked(Function<P, T> question) {
    lock.lock();
    try {
      return question.apply(policy);
    } finally {
      lock.unlock();
    }
  }

  /** How content stands with the policy. */
  Optional<Standing> standing(Digest digest) {
    return asked(known -> known.standing(digest));
  }

  /**
   * Whether content is worth what would have to leave for it.
   *
   * @param bytes its whole size
   * @param held what of that is booked for it already
   * @param wanted whether more than one client waits for it
   */
  boolean admits(Digest digest, long bytes, long held, boolean wanted) {
    lock.lock();
    try {
      settle();
      beforeChoosing.run();
      boolean admitted =
          policy.admits(digest, bytes, Math.max(0, capacity - booked) + held, wanted);
      refused += admitted ? 0 : 1;
      return admitted;
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
      settle();
      // Nothing is evicted for what would not fit anyway.
      if (bytes > capacity) {
        throw noRoom(bytes);
      }
      while (bytes > capacity - (booked - movable)) {
        if (!lastResort.getAsBoolean()) {
          throw noRoom(bytes);
        }
      }
      if (booked + bytes > capacity) {
        beforeChoosing.run();
      }
      while (!shrinkTo(capacity - bytes)) {
        if (!lastResort.getAsBoolean()) {
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

  /** Gives back room that was booked, without ever waiting. */
  void freeSoon(long bytes) {
    freed.addAndGet(bytes);
  }

  /** Tells the policy of content that is now resident, in room booked before. */
  void admitted(Digest digest, long bytes, boolean pinned) {
    lock.lock();
    try {
      movable += pinned ? 0 : bytes;
      policy.admitted(digest, bytes);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes over content found at start-up, whose room nobody has booked; may exceed the bound.
   *
   * @param news how the policy learns of it
   */
  void restored(long bytes, boolean pinned, Consumer<P> news) {
    lock.lock();
    try {
      booked += bytes;
      movable += pinned ? 0 : bytes;
      news.accept(policy);
    } finally {
      lock.unlock();
    }
  }

  void accessed(Digest digest, int client) {
    lock.lock();
    try {
      policy.accessed(digest, client);
    } finally {
      lock.unlock();
    }
  }

  /** Content was pinned, or is no longer. */
  void pinned(long bytes, boolean pinned) {
    lock.lock();
    try {
      movable += pinned ? -bytes : bytes;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Content is no longer resident; its room stays booked until it is {@link #free freed}.
   *
   * @param evicted whether it left because the policy named it; what was learnt about it is kept
   */
  void departed(Digest digest, long bytes, boolean pinned, boolean evicted) {
    lock.lock();
    try {
      movable -= pinned ? 0 : bytes;
      if (evicted) {
        evictions++;
        evictedBytes += bytes;
        policy.evicted(digest);
      } else {
        policy.removed(digest);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes account of bytes that are there whether they fit or not, and that no eviction moves. */
  void occupied(long bytes) {
    lock.lock();
    try {
      booked += bytes;
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
      partialIdle(digest, bytes);
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

  /**
   * Changes what the pool may take now, at most its bound, and evicts until that holds or nothing
   * is left that may leave.
   */
  void resize(long bytes, Consumer<P> news) {
    lock.lock();
    try {
      settle();
      long wanted = Math.clamp(bytes, 0, bound);
      if (wanted != capacity) {
        capacity = wanted;
        news.accept(policy);
      }
      if (booked > capacity) {
        beforeChoosing.run();
        while (!shrinkTo(capacity)) {
          if (!lastResort.getAsBoolean()) {
            return;
          }
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Evicts until the bound holds, as after start-up with a smaller capacity. */
  void enforce() {
    resize(capacity, policy -> {});
  }

  Usage usage() {
    lock.lock();
    try {
      settle();
      return new Usage(capacity, booked, evictions, evictedBytes, refused);
    } finally {
      lock.unlock();
    }
  }

  private void settle() {
    booked -= freed.getAndSet(0);
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

  private boolean shrinkTo(long most) {
    while (booked > most) {
      long unmovable = booked - movable;
      if (!dropOldestPartial() && !evictOne()) {
        return false;
      }
      if (booked - movable > unmovable) {
        return false; // What left could not be deleted. More would fare no better, and be lost.
      }
    }
    return true;
  }

  private boolean dropOldestPartial() {
    Optional<Map.Entry<Digest, Long>> oldest = idlePartials.entrySet().stream().findFirst();
    if (oldest.isEmpty()) {
      return false;
    }
    Digest digest = oldest.get().getKey();
    long bytes = oldest.get().getValue();
    idlePartials.remove(digest);
    movable -= bytes;
    // What cannot be deleted goes on taking room.
    booked -= partialEvictor.test(digest) ? bytes : 0;
    return true;
  }

  private boolean evictOne() {
    Optional<Digest> victim = policy.victim(evictable);
    while (victim.isPresent()) {
      if (evictor.evict(victim.get(), capacity < bound ? Reason.LOW_SPACE : Reason.ROOM)) {
        return true;
      }
      victim = policy.victim(evictable);
    }
    return false;
  }

  /**
   * How full a pool is.
   *
   * @param capacity what it may take now, in bytes
   * @param booked bytes resident, growing or promised
   * @param evictions how often content was evicted since start-up
   * @param evictedBytes how much that was
   * @param refused how often content was not worth its room
   */
  record Usage(long capacity, long booked, long evictions, long evictedBytes, long refused) {}
}
