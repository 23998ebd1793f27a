package io.outcrop.storage;

import io.outcrop.oci.Digest;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Carries uses of content from readers to the policies and, now and then, to the database. Losing
 * the last seconds of it in a crash costs a little recency and nothing else. Thread-safe.
 */
final class UseTracker {

  /** What the uses go to. */
  interface Target {

    /** The pool an entry is in. */
    SpaceLedger<?> poolOf(ContentEntry entry);

    /** What else the policies are to know has changed before they hear of uses. */
    void news();

    /** Content that is not resident was asked for. */
    void missed(Digest digest, int client);

    /** An image was asked for. */
    void imageUsed(Digest manifest);
  }

  private final MetadataStore metadata;
  private final Map<Digest, ContentEntry> index;
  private final Target target;
  private final InstantSource clock;
  private final AccessBuffer buffer = new AccessBuffer();
  private final ReentrantLock draining = new ReentrantLock();
  private final Set<Digest> unsaved = new HashSet<>();
  private final Queue<Digest> arrived = new ConcurrentLinkedQueue<>();

  UseTracker(
      MetadataStore metadata, Map<Digest, ContentEntry> index, Target target, InstantSource clock) {
    this.metadata = metadata;
    this.index = index;
    this.target = target;
    this.clock = clock;
  }

  void note(AccessBuffer.Kind kind, Digest digest, int client) {
    buffer.offer(kind, digest, client);
  }

  /** Notes that content has become resident, and how it stands with its policy is to be saved. */
  void noteArrival(Digest digest) {
    arrived.add(digest);
  }

  /** Tells the policies of the uses noted so far. */
  void drain() {
    // A drain under way does the same work; waiting for it could wait for our own caller.
    if (!draining.tryLock()) {
      return;
    }
    try {
      target.news();
      long now = clock.instant().toEpochMilli();
      buffer.drain((kind, digest, client) -> {
        switch (kind) {
          case CONTENT -> used(digest, client, now);
          case IMAGE -> target.imageUsed(digest);
        }
      });
    } finally {
      draining.unlock();
    }
  }

  private void used(Digest digest, int client, long now) {
    ContentEntry entry = index.get(digest);
    if (entry == null) {
      target.missed(digest, client);
    } else {
      entry.touch(now);
      target.poolOf(entry).accessed(digest, client);
      unsaved.add(digest);
    }
  }

  /** How much of what was drained is not in the database yet. */
  int unsaved() {
    draining.lock();
    try {
      return unsaved.size();
    } finally {
      draining.unlock();
    }
  }

  /** Brings what was drained into the database. */
  void flush() throws StoreException {
    draining.lock();
    try {
      for (Digest digest = arrived.poll(); digest != null; digest = arrived.poll()) {
        unsaved.add(digest);
      }
      Map<SpaceLedger<?>, List<Digest>> byPool = new HashMap<>();
      for (Digest digest : unsaved) {
        ContentEntry entry = index.get(digest);
        if (entry != null) {
          byPool.computeIfAbsent(target.poolOf(entry), pool -> new ArrayList<>()).add(digest);
        }
      }
      unsaved.clear();
      for (Map.Entry<SpaceLedger<?>, List<Digest>> uses : byPool.entrySet()) {
        // Exclusively, or the entry of content evicted meanwhile would come to life again.
        SpaceLedger<?> pool = uses.getKey();
        pool.exclusively(() -> save(pool, uses.getValue()));
      }
    } finally {
      draining.unlock();
    }
  }

  private void save(SpaceLedger<?> pool, List<Digest> used) throws StoreException {
    Batch batch = new Batch();
    for (Digest digest : used) {
      ContentEntry entry = index.get(digest);
      if (entry != null) {
        batch.put(
            Table.CONTENT,
            ContentStore.key(digest),
            ContentRow.encode(entry, pool.standing(digest)));
      }
    }
    metadata.write(batch);
  }
}
