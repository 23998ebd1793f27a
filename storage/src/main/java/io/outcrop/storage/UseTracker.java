package io.outcrop.storage;

import io.outcrop.oci.Digest;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries uses of content from readers to the policy and, every now and then, to the database.
 * Losing the last seconds of it in a crash costs a little recency and nothing else. Thread-safe.
 */
final class UseTracker implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(UseTracker.class);
  private static final long DRAIN_MILLIS = 200;
  private static final int DRAINS_PER_FLUSH = 10;

  private final MetadataStore metadata;
  private final Map<Digest, ContentEntry> index;
  private final Function<ContentEntry, SpaceLedger> poolOf;
  private final InstantSource clock;
  private final AccessBuffer buffer = new AccessBuffer();
  private final ReentrantLock draining = new ReentrantLock();
  private final Set<Digest> unsaved = new HashSet<>();
  private final ScheduledExecutorService scheduler =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("outcrop-store-uses").factory());
  private int drainsSinceFlush;

  UseTracker(
      MetadataStore metadata,
      Map<Digest, ContentEntry> index,
      Function<ContentEntry, SpaceLedger> poolOf,
      InstantSource clock) {
    this.metadata = metadata;
    this.index = index;
    this.poolOf = poolOf;
    this.clock = clock;
  }

  void start() {
    var _ =
        scheduler.scheduleWithFixedDelay(
            this::tick, DRAIN_MILLIS, DRAIN_MILLIS, TimeUnit.MILLISECONDS);
  }

  void note(Digest digest) {
    buffer.offer(digest);
  }

  /** Tells the policies of the uses noted so far. */
  void drain() {
    // A drain under way does the same work; waiting for it could wait for our own caller.
    if (!draining.tryLock()) {
      return;
    }
    try {
      long now = clock.instant().toEpochMilli();
      buffer.drain(digest -> {
        ContentEntry entry = index.get(digest);
        if (entry != null) {
          entry.touch(now);
          poolOf.apply(entry).accessed(digest);
          unsaved.add(digest);
        }
      });
    } finally {
      draining.unlock();
    }
  }

  @Override
  public void close() {
    scheduler.shutdownNow();
    drain();
    flush();
  }

  private void tick() {
    try {
      drain();
      if (++drainsSinceFlush >= DRAINS_PER_FLUSH) {
        drainsSinceFlush = 0;
        flush();
      }
    } catch (RuntimeException e) {
      LOG.error("noting uses of content failed", e);
    }
  }

  private void flush() {
    draining.lock();
    try {
      Map<SpaceLedger, List<Digest>> byPool = new HashMap<>();
      for (Digest digest : unsaved) {
        ContentEntry entry = index.get(digest);
        if (entry != null) {
          byPool.computeIfAbsent(poolOf.apply(entry), pool -> new ArrayList<>()).add(digest);
        }
      }
      unsaved.clear();
      for (Map.Entry<SpaceLedger, List<Digest>> uses : byPool.entrySet()) {
        // Exclusively, or the entry of content evicted meanwhile would come to life again.
        uses.getKey().exclusively(() -> save(uses.getValue()));
      }
    } catch (StoreException e) {
      LOG.warn("saving the times of last use failed: {}", e.getMessage());
    } finally {
      draining.unlock();
    }
  }

  private void save(List<Digest> used) throws StoreException {
    Batch batch = new Batch();
    for (Digest digest : used) {
      ContentEntry entry = index.get(digest);
      if (entry != null) {
        batch.put(Table.CONTENT, ContentStore.key(digest), entry.encoded());
      }
    }
    metadata.write(batch);
  }
}
