package io.outcrop.storage;

import static io.outcrop.storage.Contents.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.storage.ContentInfo.Origin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ContentStoreConcurrencyTest {

  private static final long SEED = Long.getLong("outcrop.test.seed", System.nanoTime());
  private static final int THREADS = 6;

  @TempDir Path root;

  private interface Work {
    void run(int thread, Random random) throws Exception;
  }

  @Test
  void capacityIsNeverExceededAndNothingIsLostUnderConcurrentFills() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    AtomicLong highest = new AtomicLong();
    try (ContentStore store = Contents.open(root)) {
      Thread watcher =
          Thread.ofPlatform()
              .start(() -> {
                while (!done.get()) {
                  highest.accumulateAndGet(Contents.booked(store), Math::max);
                  Thread.onSpinWait();
                }
              });
      together((thread, random) -> {
        for (int i = 0; i < 60; i++) {
          fillSomehow(store, thread * 1_000 + i, random);
        }
      });
      done.set(true);
      watcher.join();

      assertThat(highest.get()).as("seed %d", SEED).isPositive();
      assertThat(highest.get()).as("seed %d", SEED).isLessThanOrEqualTo(Contents.CAPACITY);
      assertConsistent(store);
    }
    try (ContentStore store = Contents.open(root)) {
      assertConsistent(store);
    }
  }

  /** Few names and little room, so that the same content comes and goes all the time. */
  @Test
  void publishingEvictingAndReadingTheSameContentDoNotHarmEachOther() throws Exception {
    int names = 16;
    Map<Integer, byte[]> bodies = new HashMap<>();
    List<Object> locks = new ArrayList<>();
    for (int name = 0; name < names; name++) {
      bodies.put(name, bytes(name, name % 2 == 0 ? 40_000 : 90_000 + name));
      locks.add(new Object());
    }
    try (ContentStore store = Contents.open(root)) {
      together((thread, random) -> {
        for (int i = 0; i < 400; i++) {
          int name = random.nextInt(names);
          byte[] body = bodies.get(name);
          Digest digest = Digest.sha256(body);
          int choice = random.nextInt(4);
          if (choice == 0) {
            putIfRoom(store, body); // Documents may have many writers at a time.
          } else if (choice == 1) {
            synchronized (locks.get(name)) { // Blobs have one.
              fillIfRoom(store, body);
            }
          } else {
            store.used(digest, thread + 1);
            Optional<byte[]> read = Contents.read(store, digest);
            if (read.isPresent()) {
              assertThat(read.get()).as("seed %d", SEED).isEqualTo(body);
            }
          }
        }
      });

      assertThat(store.statistics().damaged()).as("seed %d", SEED).isZero();
      assertConsistent(store);
    }
    try (ContentStore store = Contents.open(root)) {
      for (byte[] body : bodies.values()) {
        Digest digest = Digest.sha256(body);
        if (store.info(digest).isPresent()) {
          Contents.assertHolds(store, digest, body);
        }
      }
      assertThat(store.statistics().damaged()).as("seed %d", SEED).isZero();
      assertConsistent(store);
    }
  }

  @Test
  void manyWritersOfOneDocumentKeepItOnceWithRoomForOne() throws Exception {
    for (int size : new int[] {1_000, 100_000}) {
      byte[] body = bytes(size, size);
      try (ContentStore store = Contents.open(root.resolve("s" + size))) {
        together((thread, random) -> Contents.put(store, body));

        Contents.assertHolds(store, Digest.sha256(body), body);
        assertThat(store.statistics().residentCount()).isEqualTo(1);
        assertThat(Contents.booked(store)).isEqualTo(size);
        assertThat(Contents.files(root.resolve("s" + size), "fills")).isEmpty();
      }
    }
  }

  @Test
  void damageFoundByManyReadersWhileItIsFetchedAgainIsRepaired() throws Exception {
    byte[] body = bytes(1, 100_000);
    Digest digest = Digest.sha256(body);
    try (ContentStore store = Contents.open(root)) {
      for (int round = 0; round < 50; round++) {
        Contents.fill(store, body);
        java.nio.file.Files.delete(Contents.complete(root, digest));
        Object writer = new Object();
        together((thread, random) -> {
          store.open(digest).ifPresent(BlobFile::close);
          synchronized (writer) {
            if (store.info(digest).isEmpty()) {
              Contents.fill(store, body);
            }
          }
        });
        Contents.assertHolds(store, digest, body);
        assertThat(Contents.booked(store)).isEqualTo(body.length);
        assertThat(store.statistics().damaged()).isEqualTo(round + 1);
      }
    }
  }

  @Test
  void closingWhileOthersWorkEndsTheirWorkWithAStoreException() throws Exception {
    for (int round = 0; round < 5; round++) {
      Path folder = root.resolve("r" + round);
      ContentStore store = Contents.openUncached(folder);
      Digest known = Contents.put(store, bytes(1, 1_000));
      CountDownLatch busy = new CountDownLatch(THREADS);
      try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
        List<Future<?>> running = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
          Random random = new Random(SEED + t);
          running.add(
              threads.submit(() -> {
                for (int i = 0; ; i++) {
                  int name = random.nextInt();
                  switch (i % 4) {
                    case 0 -> Contents.put(store, bytes(name, random.nextInt(90_000)));
                    case 1 -> Contents.fill(store, bytes(name, random.nextInt(90_000)));
                    case 2 -> store.bytes(known);
                    default -> {
                      store.used(known, 0);
                      store.directory().repositories(Optional.empty(), Optional.empty(), 5);
                    }
                  }
                  if (i == 8) {
                    busy.countDown();
                  }
                }
              }));
        }
        busy.await();
        store.close();
        for (Future<?> future : running) {
          assertThatThrownBy(future::get).hasCauseInstanceOf(StoreException.class);
        }
      }
      try (ContentStore again = Contents.open(folder)) {
        assertConsistent(again, folder);
      }
    }
  }

  private void assertConsistent(ContentStore store) throws IOException {
    assertConsistent(store, root);
  }

  /** What is booked is what is there: nothing leaked, nothing double. */
  private static void assertConsistent(ContentStore store, Path folder) throws IOException {
    long small = 0;
    long large = 0;
    for (String name : Contents.files(folder, "blobs")) {
      Digest digest = Digest.parse(name);
      byte[] body = Contents.read(store, digest).orElseThrow();
      assertThat(Digest.of(digest.algorithm(), body)).as("seed %d", SEED).isEqualTo(digest);
      large += body.length;
    }
    for (String name : Contents.files(folder, "fills")) {
      large += java.nio.file.Files.size(folder.resolve("fills").resolve(name));
    }
    long booked = Contents.booked(store);
    assertThat(large).as("seed %d", SEED).isLessThanOrEqualTo(Contents.LARGE_CAPACITY);
    small = booked - large;
    assertThat(small).as("seed %d", SEED).isBetween(0L, Contents.SMALL_CAPACITY);
  }

  private static void fillSomehow(ContentStore store, int name, Random random) throws IOException {
    byte[] body = bytes(name, random.nextInt(200_000));
    if (random.nextInt(3) == 0) {
      putIfRoom(store, body);
      return;
    }
    PartialBlob partial = store.begin(Digest.sha256(body));
    try {
      if (random.nextBoolean()) {
        partial.reserve(body.length);
      }
      for (int at = 0; at < body.length; at += 50_000) {
        partial.append(ByteBuffer.wrap(body, at, Math.min(50_000, body.length - at)));
      }
      switch (random.nextInt(4)) {
        case 0 -> partial.suspend();
        case 1 -> partial.discard();
        default -> partial.publish(Origin.PUBLIC, List.of());
      }
    } catch (InsufficientSpaceException e) {
      partial.suspend();
    }
  }

  private static void putIfRoom(ContentStore store, byte[] body) throws IOException {
    try {
      store.put(Digest.sha256(body), body, MediaType.JSON, Origin.PUBLIC, List.of());
    } catch (InsufficientSpaceException e) {
      assertThat(e).hasMessageContaining("room");
    }
  }

  private static void fillIfRoom(ContentStore store, byte[] body) throws IOException {
    try {
      Contents.fill(store, body);
    } catch (InsufficientSpaceException e) {
      assertThat(e).hasMessageContaining("room");
    }
  }

  private static void together(Work work) throws Exception {
    CountDownLatch start = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<Future<?>> running = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        int thread = t;
        running.add(
            threads.submit(() -> {
              start.await();
              work.run(thread, new Random(SEED + thread));
              return null;
            }));
      }
      start.countDown();
      for (Future<?> future : running) {
        future.get();
      }
    }
  }
}
