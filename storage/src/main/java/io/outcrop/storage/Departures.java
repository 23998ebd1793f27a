package io.outcrop.storage;

import io.outcrop.oci.Digest;
import io.outcrop.storage.cache.Ghost;
import io.outcrop.storage.cache.GhostListener;
import io.outcrop.storage.cache.SegmentName;
import io.outcrop.storage.cache.StackArc;
import io.outcrop.storage.cache.Standing;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of content that is gone: why it left, and what the policy may still make use
 * of. Written with the uses, now and then; a crash loses the latest. Thread-safe.
 */
final class Departures implements GhostListener {

  // Of those the policy does not remember, so many; the policy has a bound of its own.
  private static final int MOST_WITHOUT_GHOST = 4_096;
  // What cannot be written while the disk is full is not kept without a bound.
  private static final int MOST_UNSAVED = 50_000;

  private final MetadataStore metadata;
  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  // All but the lock's own are guarded by it.
  private Map<Digest, Row> unsaved = new HashMap<>();
  private final SequencedSet<Digest> withoutGhost = new LinkedHashSet<>();
  private @Nullable Departure current;

  Departures(MetadataStore metadata, InstantSource clock) {
    this.metadata = metadata;
    this.clock = clock;
  }

  /**
   * Notes that content is gone.
   *
   * @param news tells the policy, which may or may not remember it
   */
  void note(Digest digest, Reason reason, long bytes, Optional<Standing> standing, Runnable news) {
    lock.lock();
    try {
      Departure departure = new Departure(reason, clock.instant(), bytes, standing);
      current = departure;
      news.run();
      if (current != null) { // The policy does not remember it.
        save(digest, new Row(Optional.empty(), Optional.of(departure)));
        keepWithoutGhost(digest);
      }
    } finally {
      current = null;
      lock.unlock();
    }
  }

  /** Content is here again. */
  void returned(Digest digest) {
    lock.lock();
    try {
      if (withoutGhost.remove(digest)) {
        save(digest, Row.NONE);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void added(Digest content, Ghost ghost) {
    lock.lock();
    try {
      withoutGhost.remove(content);
      // The policy remembers what it is told is gone and, by itself, what it has just refused.
      Departure departure =
          current != null
              ? current
              : new Departure(Reason.REFUSED, clock.instant(), ghost.bytes(), Optional.empty());
      current = null;
      save(content, new Row(Optional.of(ghost), Optional.of(departure)));
    } finally {
      lock.unlock();
    }
  }

  /**
   * The policy makes no more use of this. Why it left is told for some time yet; should it have
   * come back, {@link #returned} follows.
   */
  @Override
  public void dropped(Digest content) {
    lock.lock();
    try {
      keepWithoutGhost(content);
    } finally {
      lock.unlock();
    }
  }

  /** How content came to be gone, as far as that is remembered. May block on the disk. */
  Optional<Departure> find(Digest digest) throws StoreException {
    lock.lock();
    try {
      Row row = unsaved.get(digest);
      if (row != null) {
        return row.departure;
      }
    } finally {
      lock.unlock();
    }
    return metadata
        .get(Table.GHOST, DigestCodec.encode(digest))
        .map(Row::decode)
        .flatMap(r -> r.departure);
  }

  /** Writes what is outstanding. */
  void flush() throws StoreException {
    Map<Digest, Row> saving;
    lock.lock();
    try {
      saving = unsaved;
      unsaved = new HashMap<>();
    } finally {
      lock.unlock();
    }
    if (saving.isEmpty()) {
      return;
    }
    Batch batch = new Batch();
    saving.forEach((digest, row) -> row.write(batch, digest));
    try {
      metadata.write(batch);
    } catch (StoreException e) {
      lock.lock();
      try {
        if (saving.size() + unsaved.size() < MOST_UNSAVED) {
          saving.forEach(unsaved::putIfAbsent);
        }
      } finally {
        lock.unlock();
      }
      throw e;
    }
  }

  /** Lets the policy remember what an earlier run has noted, at start-up. */
  void restore(ContentIndex index, SpaceLedger<StackArc> pool) throws StoreException {
    List<Map.Entry<Digest, Row>> rows = new ArrayList<>();
    metadata.scan(
        Table.GHOST,
        new byte[0],
        new byte[0],
        (key, value) -> {
          rows.add(Map.entry(DigestCodec.decode(key), Row.decode(value)));
          return true;
        });
    rows.sort(Comparator.comparing(row -> row.getValue().since()));
    for (Map.Entry<Digest, Row> row : rows) {
      Digest digest = row.getKey();
      if (index.get(digest) != null) {
        forget(digest); // It has come back, and the crash was before that was noted here.
      } else if (row.getValue().ghost.isPresent()) {
        Ghost ghost = row.getValue().ghost.get();
        pool.tell(policy -> policy.restoreGhost(digest, ghost));
      } else {
        dropped(digest);
      }
    }
  }

  private void forget(Digest digest) {
    lock.lock();
    try {
      save(digest, Row.NONE);
    } finally {
      lock.unlock();
    }
  }

  private void keepWithoutGhost(Digest digest) {
    withoutGhost.remove(digest);
    withoutGhost.add(digest);
    if (withoutGhost.size() > MOST_WITHOUT_GHOST) {
      save(withoutGhost.removeFirst(), Row.NONE);
    }
  }

  private void save(Digest digest, Row row) {
    unsaved.put(digest, row);
  }

  /**
   * What the database has of one.
   *
   * @param ghost what the policy remembers
   * @param departure how it came to be gone
   */
  record Row(Optional<Ghost> ghost, Optional<Departure> departure) {

    /** Of content of which nothing is remembered. */
    static final Row NONE = new Row(Optional.empty(), Optional.empty());

    private static final byte FORMAT = 1;
    private static final byte NOTHING = 0;
    private static final int GHOST_LENGTH = 1 + Float.BYTES + Long.BYTES;
    private static final int LENGTH =
        2 + Long.BYTES + GHOST_LENGTH + Long.BYTES + StandingCodec.LENGTH;

    Instant since() {
      return departure
          .map(Departure::at)
          .orElseGet(() -> Instant.ofEpochMilli(ghost.map(Ghost::lastAccessMillis).orElse(0L)));
    }

    void write(Batch batch, Digest digest) {
      byte[] key = DigestCodec.encode(digest);
      if (equals(NONE)) {
        batch.delete(Table.GHOST, key);
      } else {
        batch.put(Table.GHOST, key, encoded());
      }
    }

    private byte[] encoded() {
      long bytes = ghost.map(Ghost::bytes).or(() -> departure.map(Departure::bytes)).orElse(0L);
      ByteBuffer row = ByteBuffer.allocate(LENGTH).put(FORMAT).putLong(bytes);
      ghost.ifPresentOrElse(
          g ->
              row.put((byte) (g.list() == SegmentName.GHOST_PROBATION ? 1 : 2))
                  .putFloat((float) g.frequency())
                  .putLong(g.lastAccessMillis()),
          () -> row.put(new byte[GHOST_LENGTH]));
      row.put(departure.map(d -> d.reason().code()).orElse(NOTHING));
      row.putLong(departure.map(d -> d.at().toEpochMilli()).orElse(0L));
      return StandingCodec.put(row, departure.flatMap(Departure::standing)).array();
    }

    static Row decode(byte[] value) {
      ByteBuffer row = ByteBuffer.wrap(value);
      byte format = row.get();
      if (format != FORMAT) {
        throw new IllegalStateException("ghost format: " + format + " (expected: " + FORMAT + ")");
      }
      long bytes = row.getLong();
      byte list = row.get();
      float frequency = row.getFloat();
      long lastAccess = row.getLong();
      byte reason = row.get();
      Instant at = Instant.ofEpochMilli(row.getLong());
      Optional<Standing> standing = StandingCodec.get(row, bytes);
      return new Row(
          list == NOTHING
              ? Optional.empty()
              : Optional.of(
                  new Ghost(
                      list == 1 ? SegmentName.GHOST_PROBATION : SegmentName.GHOST_PROVEN,
                      bytes,
                      frequency,
                      lastAccess)),
          reason == NOTHING
              ? Optional.empty()
              : Optional.of(new Departure(Reason.of(reason), at, bytes, standing)));
    }
  }
}
