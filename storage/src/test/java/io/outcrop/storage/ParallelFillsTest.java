package io.outcrop.storage;

import static io.outcrop.storage.Contents.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.oci.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The bound holds for the files as they are on the disk, at every instant: on a volume of their own
 * the file system itself tells how much they take, while a walk over files that come and go would
 * count some twice and some not at all.
 */
final class ParallelFillsTest {

  private static final long SEED = Long.getLong("outcrop.test.seed", System.nanoTime());
  private static final int FILLS = 32;
  private static final int EACH = 25;
  private static final long CAPACITY = 8L << 20;
  private static final long LARGE_CAPACITY = CAPACITY - CAPACITY / 4;

  // Whole pages, as of those the file system counts.
  private static final int PAGE = 4096;
  private static final int CHUNK = 12 * PAGE;

  @TempDir Path root;
  @TempDir Path elsewhere;
  private SmallVolume volume;
  private final AtomicInteger kept = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();

  @BeforeEach
  void mount() throws Exception {
    volume = SmallVolume.mount(root, 64);
    Files.createSymbolicLink(root.resolve("db"), elsewhere);
  }

  @AfterEach
  void unmount() throws Exception {
    if (volume != null) {
      volume.close();
    }
  }

  @Test
  void filesNeverTakeMoreThanTheCapacityWith32FillsAtATime() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    long[] highest = new long[1];
    try (ContentStore store = Contents.open(root, CAPACITY)) {
      long empty = bytesOnDisk();
      Thread watcher =
          Thread.ofPlatform()
              .start(() -> {
                while (!done.get()) {
                  highest[0] = Math.max(highest[0], bytesOnDisk() - empty);
                }
              });
      try (ExecutorService threads = Executors.newFixedThreadPool(FILLS)) {
        List<Future<?>> fills = new ArrayList<>();
        for (int i = 0; i < FILLS; i++) {
          Random random = new Random(SEED + i);
          fills.add(
              threads.submit(() -> {
                for (int j = 0; j < EACH; j++) {
                  fill(store, random);
                }
                return null;
              }));
        }
        for (Future<?> fill : fills) {
          fill.get();
        }
      } finally {
        done.set(true);
        watcher.join();
      }
      assertThat(highest[0]).as("seed %d", SEED).isBetween(CAPACITY / 2, LARGE_CAPACITY);
      assertThat(bytesOnDisk() - empty)
          .as("seed %d", SEED)
          .isEqualTo(store.statistics().bookedBytes());
    }
    assertThat(kept).as("seed %d", SEED).hasValueGreaterThan(FILLS);
    assertThat(refused).as("seed %d: there were more than fit", SEED).hasPositiveValue();
  }

  private void fill(ContentStore store, Random random) throws IOException {
    byte[] body = bytes(random.nextLong(), (17 + random.nextInt(160)) * PAGE);
    PartialBlob partial = store.begin(Digest.sha256(body));
    try {
      if (random.nextInt(4) > 0) { // Some tell no length.
        partial.reserve(body.length);
      }
      for (int at = 0; at < body.length; at += CHUNK) {
        partial.append(ByteBuffer.wrap(body, at, Math.min(CHUNK, body.length - at)));
      }
      if (random.nextInt(8) == 0) {
        partial.suspend();
        return;
      }
      partial.publish(ContentInfo.Origin.PUBLIC, List.of());
      kept.incrementAndGet();
      if (random.nextInt(4) == 0) {
        store.open(partial.digest()).ifPresent(file -> readAndEvict(store, partial, file));
      }
    } catch (InsufficientSpaceException e) {
      refused.incrementAndGet();
    } finally {
      partial.discard();
    }
  }

  private static void readAndEvict(ContentStore store, PartialBlob partial, BlobFile file) {
    try (file) {
      store.evict(partial.digest(), Reason.OPERATOR);
      assertThat(Digest.sha256(Contents.read(file))).isEqualTo(partial.digest());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private long bytesOnDisk() {
    try {
      FileStore files = Files.getFileStore(root);
      return files.getTotalSpace() - files.getUnallocatedSpace();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
