package io.outcrop.storage;

import io.outcrop.oci.Digest;
import io.outcrop.storage.cache.LeastRecentlyUsed;
import java.io.IOException;
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
  private final SpaceLedger small;
  private final SpaceLedger large;

  /**
   * @param capacity bound on all content
   * @param beforeChoosing run before a victim is chosen, to tell the policies of late uses
   */
  Pools(long capacity, ContentFiles files, ContentRemover remover, Runnable beforeChoosing) {
    this.files = files;
    long smallCapacity = Math.min(capacity / 4, Math.max(SMALL_LEAST, capacity / SMALL_DIVISOR));
    small = newPool(smallCapacity, remover, beforeChoosing);
    large = newPool(capacity - smallCapacity, remover, beforeChoosing);
  }

  SpaceLedger small() {
    return small;
  }

  SpaceLedger large() {
    return large;
  }

  /** The pool an entry is in. */
  SpaceLedger of(ContentEntry entry) {
    return entry.inline ? small : large;
  }

  private SpaceLedger newPool(long capacity, ContentRemover remover, Runnable beforeChoosing) {
    return new SpaceLedger(
        capacity,
        new LeastRecentlyUsed(),
        remover::mayLeave,
        remover::evict,
        this::dropPartial,
        beforeChoosing);
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
