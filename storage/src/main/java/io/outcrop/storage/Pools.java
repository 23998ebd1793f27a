package io.outcrop.storage;

import io.outcrop.oci.Digest;
import io.outcrop.storage.cache.LeastRecentlyUsed;
import io.outcrop.storage.cache.StackArc;
import java.io.IOException;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The room of a store, in two pools. Content up to {@link ContentStore#SMALL_BYTES} is more than
 * half of all requests and less than a thousandth of all bytes in registry traces, so it has a
 * bound of its own and never has to leave for a layer.
 */
final class Pools {

  private static final Logger LOG = LoggerFactory.getLogger(Pools.class);
  private static final int SMALL_DIVISOR = 50;
  private static final long SMALL_LEAST = 4L << 20;

  private final ContentFiles files;
  private final VolumeRoom room;
  private final LongSupplier unwritten;
  private final SpaceLedger<LeastRecentlyUsed> small;
  private final SpaceLedger<StackArc> large;

  /**
   * @param unwritten bytes booked for large content that are on no disk yet
   * @param beforeChoosing run before a victim is chosen, to tell the policies of late uses
   */
  Pools(
      StoreOptions options,
      ContentFiles files,
      VolumeRoom room,
      LongSupplier unwritten,
      ContentRemover remover,
      Departures departures,
      Runnable beforeChoosing) {
    this.files = files;
    this.room = room;
    this.unwritten = unwritten;
    long capacity = options.capacity();
    long smallBound = Math.min(capacity / 4, Math.max(SMALL_LEAST, capacity / SMALL_DIVISOR));
    long largeBound = capacity - smallBound;
    small =
        new SpaceLedger<>(
            smallBound,
            new LeastRecentlyUsed(),
            remover::mayLeave,
            remover::evict,
            this::dropPartial,
            beforeChoosing);
    large =
        new SpaceLedger<>(
            largeBound,
            new StackArc(largeBound, options.clock(), options.cost(), departures),
            remover::mayLeave,
            remover::evict,
            this::dropPartial,
            beforeChoosing);
  }

  SpaceLedger<LeastRecentlyUsed> small() {
    return small;
  }

  SpaceLedger<StackArc> large() {
    return large;
  }

  /** The pool an entry is in. */
  SpaceLedger<?> of(ContentEntry entry) {
    return entry.inline ? small : large;
  }

  /** The most that content of some size may take in all. */
  long bound(long size) {
    return size <= ContentStore.SMALL_BYTES ? small.bound() : large.bound();
  }

  /** Gives large content as much room as the volume has to spare now; does so once a second. */
  void fitToVolume() {
    if (!room.isDue()) {
      return;
    }
    large.exclusively(() -> {
      if (room.isDue()) {
        long taken = large.usage().booked() - unwritten.getAsLong();
        long bytes = Math.min(room.bound(taken), large.bound());
        large.resize(bytes, policy -> policy.capacity(bytes));
      }
    });
  }

  private boolean dropPartial(Digest digest) {
    try {
      files.deletePartial(digest);
      return true;
    } catch (IOException e) {
      LOG.error("partial content {}: cannot be deleted: {}", digest, e.toString());
      return false;
    }
  }
}
