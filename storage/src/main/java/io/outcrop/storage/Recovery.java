package io.outcrop.storage;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.storage.cache.SegmentName;
import io.outcrop.storage.cache.StackState;
import io.outcrop.storage.cache.Standing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings index, database, files and policies into agreement at start-up, whatever instant the last
 * run ended at. Reads names only, never contents: files are complete once they have their name.
 */
final class Recovery {

  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
  // Eight years: of what was not used for longer, it does not matter which was. Leaves 25 bits.
  private static final long SORTED_MILLIS = 1L << 38;

  private final MetadataStore metadata;
  private final ChangeJournal journal;
  private final ContentFiles files;
  private final ContentIndex index;
  private final Interner<MediaType> mediaTypes;
  private final Pools pools;
  private final Pins pins;
  private final Map<Digest, ContentRow> recorded = new HashMap<>();
  private final List<Digest> deleting = new ArrayList<>();
  private final List<Restored> restored = new ArrayList<>();

  Recovery(
      MetadataStore metadata,
      ChangeJournal journal,
      ContentFiles files,
      ContentIndex index,
      Interner<MediaType> mediaTypes,
      Pools pools,
      Pins pins) {
    this.metadata = metadata;
    this.journal = journal;
    this.files = files;
    this.index = index;
    this.mediaTypes = mediaTypes;
    this.pools = pools;
    this.pins = pins;
  }

  void run(ImageRecords images, Departures departures, PolicyState policyState) throws IOException {
    pins.restore();
    readRows();
    int finished = finishDeletions();
    int orphans = matchFiles();
    int lost = keepInlineAndDropLost();
    policyState.restore(pools.large());
    restoreContent();
    upgradeImages();
    departures.restore(index, pools.large());
    images.restore(index, pools.large());
    int partials = restorePartials();
    LOG.info(
        "store opened: {} pieces of content, {} partial, {} orphan files deleted, {} deletions"
            + " finished, {} entries lost",
        index.size(),
        partials,
        orphans,
        finished,
        lost);
  }

  private void readRows() throws StoreException {
    metadata.scan(
        Table.CONTENT,
        new byte[0],
        new byte[0],
        (key, value) -> {
          Digest digest = Digest.parse(new String(key, StandardCharsets.UTF_8));
          ContentRow row = ContentRow.decode(value, mediaTypes);
          if (row.deleting()) {
            deleting.add(digest);
          } else {
            recorded.put(digest, row);
          }
          return true;
        });
  }

  private int finishDeletions() throws IOException {
    Batch batch = new Batch();
    for (Digest digest : deleting) {
      files.deleteComplete(digest);
      batch.delete(Table.CONTENT, ContentStore.key(digest));
    }
    metadata.write(batch);
    return deleting.size();
  }

  private int matchFiles() throws IOException {
    List<Digest> orphans = new ArrayList<>();
    files.forEachComplete(digest -> {
      ContentRow row = recorded.get(digest);
      if (row == null || row.entry().inline) {
        orphans.add(digest);
      } else {
        recorded.remove(digest);
        restored.add(new Restored(digest, row));
      }
    });
    for (Digest orphan : orphans) {
      files.deleteComplete(orphan);
    }
    return orphans.size();
  }

  private int keepInlineAndDropLost() throws StoreException {
    Batch batch = new Batch();
    int lost = 0;
    for (Map.Entry<Digest, ContentRow> row : recorded.entrySet()) {
      if (row.getValue().entry().inline) {
        restored.add(new Restored(row.getKey(), row.getValue()));
      } else {
        batch.delete(Table.CONTENT, ContentStore.key(row.getKey())).gone(row.getKey());
        lost++;
      }
    }
    journal.write(batch, /* durably= */ false);
    return lost;
  }

  /** The policies learn of content in the order of its last use, as if they had seen the uses. */
  private void restoreContent() {
    for (int number : inOrderOfLastUse()) {
      Restored content = restored.get(number);
      Digest digest = content.digest;
      ContentEntry entry = content.row.entry();
      boolean pinned = pins.isPinned(digest);
      entry.setPinned(pinned);
      index.put(digest, entry);
      if (entry.inline) {
        pools.small().restored(entry.size, pinned, policy -> policy.admitted(digest, entry.size));
      } else {
        Standing standing = content.row.standing().orElseGet(() -> standingOfNew(entry));
        pools
            .large()
            .restored(
                entry.size, pinned, policy -> policy.restoreResident(digest, entry.size, standing));
      }
    }
  }

  /**
   * Which of those restored was used for longest not, and so on. Sorted as numbers, in which the
   * time comes before the place: for many that takes a tenth of the time of comparing objects.
   */
  private int[] inOrderOfLastUse() {
    int placeBits = Integer.SIZE - Integer.numberOfLeadingZeros(restored.size());
    long newest =
        restored.stream()
            .mapToLong(content -> content.row.entry().lastAccessMillis())
            .max()
            .orElse(0);
    long[] order = new long[restored.size()];
    for (int i = 0; i < order.length; i++) {
      long before = newest - restored.get(i).row.entry().lastAccessMillis();
      order[i] = Math.max(0, SORTED_MILLIS - 1 - before) << placeBits | i;
    }
    Arrays.sort(order);
    int[] places = new int[order.length];
    for (int i = 0; i < places.length; i++) {
      places[i] = (int) (order[i] & ((1L << placeBits) - 1));
    }
    return places;
  }

  /** Of content whose standing was never written: it has just come, and is worth what it weighs. */
  private static Standing standingOfNew(ContentEntry entry) {
    return new Standing(
        SegmentName.PROBATION,
        entry.size,
        1,
        Double.MAX_VALUE,
        0,
        StackState.NONE,
        entry.lastAccessMillis());
  }

  /** Reads the manifests that an older version has kept without noting what they are made of. */
  private void upgradeImages() throws StoreException {
    Batch batch = new Batch();
    for (Restored content : restored) {
      if (content.row.format() == ContentRow.FORMAT) {
        continue;
      }
      ContentEntry entry = content.row.entry();
      byte[] key = ContentStore.key(content.digest);
      Optional<byte[]> body =
          entry.inline && entry.mediaType().isPresent()
              ? metadata.get(Table.BODY, key)
              : Optional.empty();
      body.flatMap(bytes -> ImageRecords.layers(bytes, entry.mediaType()))
          .ifPresent(layers -> ImageRecords.put(batch, content.digest, layers));
      batch.put(Table.CONTENT, key, ContentRow.encode(entry, content.row.standing()));
    }
    metadata.write(batch);
  }

  private int restorePartials() throws IOException {
    int kept = 0;
    for (ContentFiles.Leftover leftover : files.leftovers()) {
      if (index.get(leftover.digest()) != null || leftover.length() == 0) {
        files.deletePartial(leftover.digest());
      } else {
        pools.large().partialRestored(leftover.digest(), leftover.length());
        kept++;
      }
    }
    return kept;
  }

  private record Restored(Digest digest, ContentRow row) {}
}
