package io.outcrop.storage;

import io.outcrop.oci.Digest;
import java.io.IOException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes content out of the store: for room, because an operator says so, or because it is damaged.
 * Thread-safe.
 */
final class ContentRemover implements DamageHandler.Service {

  private static final Logger LOG = LoggerFactory.getLogger(ContentRemover.class);

  private final ContentIndex index;
  private final ChangeJournal journal;
  private final MetadataStore metadata;
  private final ContentFiles files;
  private final VolumeRoom room;
  private final Departures departures;
  private final ImageRecords images;
  private final Function<ContentEntry, SpaceLedger<?>> poolOf;
  private final OpenFlag flag;

  ContentRemover(
      ContentIndex index,
      ChangeJournal journal,
      MetadataStore metadata,
      ContentFiles files,
      VolumeRoom room,
      Departures departures,
      ImageRecords images,
      Function<ContentEntry, SpaceLedger<?>> poolOf,
      OpenFlag flag) {
    this.index = index;
    this.journal = journal;
    this.metadata = metadata;
    this.files = files;
    this.room = room;
    this.departures = departures;
    this.images = images;
    this.poolOf = poolOf;
    this.flag = flag;
  }

  /** Whether content may leave for other content; asked under the lock of its pool. */
  boolean mayLeave(Digest digest) {
    ContentEntry entry = index.get(digest);
    return flag.isOpen() && entry != null && !entry.isPinned() && entry.readers() == 0;
  }

  /** Evicts content, unless it is being read; called under the lock of its pool. */
  boolean evict(Digest digest, Reason reason) {
    ContentEntry entry = index.get(digest);
    if (!flag.isOpen() || entry == null || !entry.condemnIfIdle()) {
      return false;
    }
    if (take(digest, entry, /* isRead= */ false, reason)) {
      poolOf.apply(entry).free(entry.size);
    }
    return true;
  }

  /**
   * Takes content out, pinned or not; those who read it may finish.
   *
   * @return whether it was resident
   */
  boolean condemn(Digest digest, Reason reason) throws StoreException {
    flag.check();
    ContentEntry entry = index.get(digest);
    return entry != null && condemn(digest, entry, reason);
  }

  @Override
  public boolean withdraw(ContentEntry entry, Damaged damaged, DamageHandler.Steps steps) {
    boolean[] done = new boolean[1];
    SpaceLedger<?> pool = poolOf.apply(entry);
    pool.exclusively(() -> {
      if (flag.isOpen() && entry.condemn()) { // Never released: its room is the caller's now.
        steps.closed();
        index.remove(damaged.content(), entry);
        steps.unlisted();
        markDamaged(entry, damaged);
        noteGone(damaged.content(), entry, damaged.kind().reason());
        done[0] = true;
      }
    });
    return done[0];
  }

  /** A reader has let go of content. */
  void released(ContentEntry entry) {
    if (entry.release()) {
      poolOf.apply(entry).freeSoon(entry.size);
    }
  }

  private boolean condemn(Digest digest, ContentEntry entry, Reason reason) {
    boolean[] done = new boolean[1];
    poolOf
        .apply(entry)
        .exclusively(() -> {
          if (entry.condemn()) {
            boolean isRead = entry.readers() > 1;
            if (take(digest, entry, isRead, reason) && entry.release()) {
              poolOf.apply(entry).free(entry.size);
            }
            done[0] = true;
          }
        });
    return done[0];
  }

  /**
   * Called under the lock of the pool.
   *
   * @return false if the file could not be deleted: its room is taken until the next start, which
   *     tries again
   */
  private boolean take(Digest digest, ContentEntry entry, boolean isRead, Reason reason) {
    index.remove(digest, entry);
    markGone(digest, entry);
    noteGone(digest, entry, reason);
    return entry.inline || deleteFile(digest, entry, isRead);
  }

  /** Tells those who keep account of what is here. */
  private void noteGone(Digest digest, ContentEntry entry, Reason reason) {
    SpaceLedger<?> pool = poolOf.apply(entry);
    boolean chosen = reason == Reason.ROOM || reason == Reason.LOW_SPACE;
    departures.note(
        digest,
        reason,
        entry.size,
        pool.standing(digest),
        () -> pool.departed(digest, entry.size, entry.isPinned(), chosen));
    if (entry.mediaType().isPresent()) {
      images.gone(digest);
    }
  }

  private void markDamaged(ContentEntry entry, Damaged damaged) {
    byte[] key = ContentStore.key(damaged.content());
    Batch batch =
        new Batch()
            .gone(damaged.content())
            .delete(Table.CONTENT, key)
            .delete(Table.BODY, key)
            .put(Table.DAMAGE, key, damaged.encoded());
    if (entry.mediaType().isPresent()) {
      ImageRecords.delete(batch, damaged.content());
    }
    try {
      journal.write(batch, /* durably= */ false);
    } catch (StoreException e) {
      // Recovery drops an entry without a file, and small content is verified as it is read.
      LOG.error("content {}: cannot be marked as damaged: {}", damaged.content(), e.toString());
    }
  }

  private void markGone(Digest digest, ContentEntry entry) {
    byte[] key = ContentStore.key(digest);
    Batch batch = new Batch().gone(digest);
    if (entry.inline) {
      batch.delete(Table.CONTENT, key).delete(Table.BODY, key);
    } else {
      batch.put(Table.CONTENT, key, ContentRow.encodeDeleting(entry));
    }
    if (entry.mediaType().isPresent()) {
      ImageRecords.delete(batch, digest);
    }
    try {
      journal.write(batch, /* durably= */ false);
    } catch (StoreException e) {
      // On a full disk the file must go all the same: recovery drops an entry without one.
      LOG.error("content {}: cannot be marked as deleted: {}", digest, e.toString());
    }
  }

  private boolean deleteFile(Digest digest, ContentEntry entry, boolean isRead) {
    try {
      if (isRead) {
        files.deleteComplete(digest);
      } else {
        room.watch(entry.size, () -> files.deleteComplete(digest));
      }
    } catch (IOException e) {
      LOG.error("content {}: its file cannot be deleted: {}", digest, e.toString());
      return false;
    }
    try {
      metadata.write(new Batch().delete(Table.CONTENT, ContentStore.key(digest)));
    } catch (StoreException e) {
      LOG.error("content {}: its entry cannot be deleted: {}", digest, e.toString());
    }
    return true;
  }
}
