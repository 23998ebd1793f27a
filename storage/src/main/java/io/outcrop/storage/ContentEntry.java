package io.outcrop.storage;

import io.outcrop.oci.MediaType;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * The in-memory side of one piece of resident content. There is one for each, so it is kept lean:
 * 40 bytes. The media type is shared between entries, and the digest is the key it stands under.
 *
 * <p>Readers are counted. Once condemned an entry takes no more of them, and who condemned it sees
 * whether there still are some: then the last to leave is told.
 */
final class ContentEntry {

  private static final int CONDEMNED = Integer.MIN_VALUE;
  private static final AtomicIntegerFieldUpdater<ContentEntry> READERS =
      AtomicIntegerFieldUpdater.newUpdater(ContentEntry.class, "readers");

  final long size;
  final boolean inline;
  private final boolean isPublic;
  // Whether a pin names it; guarded by the lock of the pool.
  private boolean pinned;
  private volatile @Nullable MediaType mediaType;

  // How many read it; with the sign bit, once it is condemned.
  @SuppressWarnings("UnusedVariable") // READERS uses it.
  private volatile int readers;

  private volatile long lastAccessMillis;

  ContentEntry(
      long size,
      boolean inline,
      ContentInfo.Origin origin,
      Optional<MediaType> mediaType,
      long lastAccessMillis) {
    this.size = size;
    this.inline = inline;
    this.isPublic = origin == ContentInfo.Origin.PUBLIC;
    this.mediaType = mediaType.orElse(null);
    this.lastAccessMillis = lastAccessMillis;
  }

  ContentInfo info() {
    return new ContentInfo(size, mediaType(), origin());
  }

  ContentInfo.Origin origin() {
    return isPublic ? ContentInfo.Origin.PUBLIC : ContentInfo.Origin.PRIVATE;
  }

  Optional<MediaType> mediaType() {
    return Optional.ofNullable(mediaType);
  }

  /** Notes the type of content that came as a blob and turned out to be a manifest. */
  void learn(MediaType type) {
    mediaType = type;
  }

  long lastAccessMillis() {
    return lastAccessMillis;
  }

  void touch(long nowMillis) {
    lastAccessMillis = nowMillis;
  }

  boolean isPinned() {
    return pinned;
  }

  void setPinned(boolean whether) {
    pinned = whether;
  }

  /** Counts a reader; fails once the entry was condemned. */
  boolean acquire() {
    return READERS.getAndUpdate(this, state -> state < 0 ? state : state + 1) >= 0;
  }

  /**
   * Counts a reader less.
   *
   * @return whether that was the last one of a condemned entry
   */
  boolean release() {
    return READERS.decrementAndGet(this) == CONDEMNED;
  }

  /** Whether it was taken out of use. */
  boolean isCondemned() {
    return readers < 0;
  }

  int readers() {
    return readers & ~CONDEMNED;
  }

  /** Takes the entry out of use for good, unless it has readers; fails if it was before. */
  boolean condemnIfIdle() {
    return READERS.compareAndSet(this, 0, CONDEMNED);
  }

  /**
   * Takes the entry out of use for good; those who read it may finish. In the same step it counts
   * the caller as one more reader: so none who leaves meanwhile takes himself for the last, and
   * gives back room that the caller has not decided on.
   *
   * @return false if it was taken out of use before
   */
  boolean condemn() {
    return READERS.getAndUpdate(this, state -> state < 0 ? state : (state | CONDEMNED) + 1) >= 0;
  }
}
