package io.outcrop.storage;

import io.outcrop.oci.Digest;
import java.io.IOException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes content out of the store: for room, or because it is damaged. Thread-safe. */
final class ContentRemover {

  private static final Logger LOG = LoggerFactory.getLogger(ContentRemover.class);

  private final ContentIndex index;
  private final MetadataStore metadata;
  private final ContentFiles files;
  private final Function<ContentEntry, SpaceLedger> poolOf;
  private final OpenFlag flag;
  private final LongAdder damaged = new LongAdder();

  ContentRemover(
      ContentIndex index,
      MetadataStore metadata,
      ContentFiles files,
      Function<ContentEntry, SpaceLedger> poolOf,
      OpenFlag flag) {
    this.index = index;
    this.metadata = metadata;
    this.files = files;
    this.poolOf = poolOf;
    this.flag = flag;
  }

  /** Whether content may leave: resident, and read by nobody. */
  boolean mayLeave(Digest digest) {
    ContentEntry entry = index.get(digest);
    return flag.isOpen() && entry != null && entry.idle();
  }

  /** Evicts content, unless it is being read; called under the lock of its pool. */
  boolean evict(Digest digest) {
    ContentEntry entry = index.get(digest);
    if (!flag.isOpen() || entry == null || !entry.condemn()) {
      return false;
    }
    remove(digest, entry);
    return true;
  }

  /** Drops content that was found damaged, unless it is being read. */
  void forget(Digest digest, ContentEntry entry, String why) {
    poolOf
        .apply(entry)
        .exclusively(() -> {
          if (entry.condemn()) {
            damaged.increment();
            LOG.warn("content {}: {}; it will be fetched again", digest, why);
            remove(digest, entry);
          }
        });
  }

  /** Pieces found damaged so far. */
  long damaged() {
    return damaged.sum();
  }

  /** Called under the lock of the pool. */
  private void remove(Digest digest, ContentEntry entry) {
    index.remove(digest, entry);
    try {
      metadata.write(
          new Batch()
              .delete(Table.CONTENT, ContentStore.key(digest))
              .delete(Table.BODY, ContentStore.key(digest)));
    } catch (StoreException e) {
      // On a full disk the file must go all the same: recovery drops an entry without one.
      LOG.error("content {}: its entry cannot be deleted: {}", digest, e.toString());
    }
    if (!entry.inline) {
      try {
        files.deleteComplete(digest);
      } catch (IOException e) {
        LOG.error("content {}: its file cannot be deleted: {}", digest, e.toString());
      }
    }
    poolOf.apply(entry).lost(digest, entry.size);
  }
}
