package io.outcrop.storage;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings index, database and files into agreement at start-up, whatever instant the last run ended
 * at. Reads names only, never contents: files are complete once they have their name.
 */
final class Recovery {

  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

  private final MetadataStore metadata;
  private final ContentFiles files;
  private final ContentIndex index;
  private final Interner<MediaType> mediaTypes;

  Recovery(
      MetadataStore metadata,
      ContentFiles files,
      ContentIndex index,
      Interner<MediaType> mediaTypes) {
    this.metadata = metadata;
    this.files = files;
    this.index = index;
    this.mediaTypes = mediaTypes;
  }

  void run(Pools pools) throws IOException {
    Map<Digest, ContentEntry> recorded = readEntries();
    List<Digest> orphans = new ArrayList<>();
    files.forEachComplete(digest -> {
      ContentEntry entry = recorded.get(digest);
      if (entry == null || entry.inline) {
        orphans.add(digest);
      } else {
        index.put(digest, entry);
      }
    });
    for (Digest orphan : orphans) {
      files.deleteComplete(orphan);
    }
    int lost = keepInlineAndDropLost(recorded);
    // The policy learns of content in the order of its last use, as if it had seen the uses.
    index.entries().entrySet().stream()
        .sorted(Comparator.comparingLong(entry -> entry.getValue().lastAccessMillis()))
        .forEach(
            entry -> pools.of(entry.getValue()).restored(entry.getKey(), entry.getValue().size));
    int partials = restorePartials(pools.large());
    LOG.info(
        "store opened: {} pieces of content, {} partial, {} orphan files deleted, {} entries lost",
        index.size(),
        partials,
        orphans.size(),
        lost);
  }

  private Map<Digest, ContentEntry> readEntries() throws StoreException {
    Map<Digest, ContentEntry> entries = new HashMap<>();
    metadata.scan(
        Table.CONTENT,
        new byte[0],
        new byte[0],
        (key, value) -> {
          entries.put(
              Digest.parse(new String(key, StandardCharsets.UTF_8)),
              ContentEntry.decode(value, mediaTypes));
          return true;
        });
    return entries;
  }

  private int keepInlineAndDropLost(Map<Digest, ContentEntry> recorded) throws StoreException {
    Batch batch = new Batch();
    int lost = 0;
    for (Map.Entry<Digest, ContentEntry> entry : recorded.entrySet()) {
      if (entry.getValue().inline) {
        index.put(entry.getKey(), entry.getValue());
      } else if (!index.entries().containsKey(entry.getKey())) {
        batch.delete(Table.CONTENT, ContentStore.key(entry.getKey()));
        lost++;
      }
    }
    metadata.write(batch);
    return lost;
  }

  private int restorePartials(SpaceLedger pool) throws IOException {
    int kept = 0;
    for (ContentFiles.Leftover leftover : files.leftovers()) {
      if (index.entries().containsKey(leftover.digest()) || leftover.length() == 0) {
        files.deletePartial(leftover.digest());
      } else {
        pool.partialRestored(leftover.digest(), leftover.length());
        kept++;
      }
    }
    return kept;
  }
}
