package io.outcrop.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.oci.Digest;
import io.outcrop.storage.cache.LeastRecentlyUsed;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class UseTrackerTest {

  private static final Digest DIGEST = Digest.sha256(new byte[] {1});

  @TempDir Path root;

  /** An index that lets an eviction come between a look and what is done with what was seen. */
  private static final class RacyIndex extends ConcurrentHashMap<Digest, ContentEntry> {
    private static final long serialVersionUID = 1;
    private transient @Nullable Runnable afterLook;

    @Override
    public ContentEntry get(Object digest) {
      ContentEntry entry = super.get(digest);
      Runnable race = afterLook;
      if (race != null) {
        afterLook = null;
        race.run();
      }
      return entry;
    }
  }

  @Test
  void savingUsesBringsNoEvictedContentBackToLife() throws Exception {
    for (int look = 1; look <= 4; look++) {
      evictionAtLook(look);
    }
  }

  private void evictionAtLook(int look) throws Exception {
    RacyIndex index = new RacyIndex();
    AtomicReference<SpaceLedger<LeastRecentlyUsed>> pool = new AtomicReference<>();
    try (MetadataStore metadata = MetadataStore.open(root.resolve("db" + look))) {
      SpaceLedger<LeastRecentlyUsed> ledger =
          new SpaceLedger<>(
              10,
              new LeastRecentlyUsed(),
              index::containsKey,
              (digest, reason) -> {
                index.remove(digest);
                delete(metadata, digest);
                pool.get().departed(digest, 10, false, true);
                pool.get().free(10);
                return true;
              },
              digest -> true,
              () -> {});
      pool.set(ledger);
      ContentEntry entry =
          new ContentEntry(10, true, ContentInfo.Origin.PUBLIC, Optional.empty(), 1);
      metadata.write(
          new Batch()
              .put(
                  Table.CONTENT,
                  ContentStore.key(DIGEST),
                  ContentRow.encode(entry, Optional.empty())));
      index.put(DIGEST, entry);
      ledger.restored(10, false, policy -> policy.admitted(DIGEST, 10));
      UseTracker uses = new UseTracker(metadata, index, new OnePool(ledger), new TickingClock());
      uses.note(AccessBuffer.Kind.CONTENT, DIGEST, 1);
      Thread evicting =
          Thread.ofPlatform()
              .unstarted(() -> {
                try {
                  ledger.book(10);
                } catch (InsufficientSpaceException e) {
                  throw new AssertionError(e);
                }
              });
      index.afterLook = raceAtLook(index, look, evicting);

      uses.drain();
      uses.flush();
      index.afterLook = null;
      if (evicting.getState() == Thread.State.NEW) {
        evicting.start(); // Fewer looks than that.
      }
      evicting.join();

      assertThat(metadata.get(Table.CONTENT, ContentStore.key(DIGEST)))
          .as("entry of evicted content, eviction at look %d", look)
          .isEmpty();
    }
  }

  private record OnePool(SpaceLedger<?> pool) implements UseTracker.Target {

    @Override
    public SpaceLedger<?> poolOf(ContentEntry entry) {
      return pool;
    }

    @Override
    public void news() {
      // There is none.
    }

    @Override
    public void missed(Digest digest, int client) {
      // It may have been evicted by now.
    }

    @Override
    public void imageUsed(Digest manifest) {
      throw new AssertionError("no image was used");
    }
  }

  private static Runnable raceAtLook(RacyIndex index, int look, Thread evicting) {
    return () -> {
      if (look > 1) {
        index.afterLook = raceAtLook(index, look - 1, evicting);
        return;
      }
      evicting.start();
      try {
        // It either gets through, or has to wait for us.
        evicting.join(Duration.ofMillis(300));
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    };
  }

  private static void delete(MetadataStore metadata, Digest digest) {
    try {
      metadata.write(new Batch().delete(Table.CONTENT, ContentStore.key(digest)));
    } catch (StoreException e) {
      throw new AssertionError(e);
    }
  }
}
