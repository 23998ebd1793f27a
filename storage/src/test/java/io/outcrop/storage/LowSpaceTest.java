package io.outcrop.storage;

import static io.outcrop.storage.Contents.assertHolds;
import static io.outcrop.storage.Contents.bytes;
import static io.outcrop.storage.Contents.fill;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.outcrop.oci.Digest;
import io.outcrop.storage.cache.LinkEstimate;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a file system of 96 MiB which others use as well, and of which 32 MiB are to stay free. */
final class LowSpaceTest {

  private static final long MIB = 1 << 20;
  private static final long KEEP_FREE = 32 * MIB;
  private static final int BLOB = 1 << 20;

  @TempDir Path root;
  private SmallVolume volume;
  private ContentStore store;
  private Path ballast;

  @BeforeEach
  void mount() throws Exception {
    volume = SmallVolume.mount(root, 96);
    ballast = root.resolve("ballast");
    store = open();
  }

  @AfterEach
  void unmount() throws Exception {
    if (store != null) {
      store.close();
    }
    if (volume != null) {
      volume.close();
    }
  }

  @Test
  void neverTakesWhatIsToStayFreeAndLosesNoByteToAFullDisk() throws Exception {
    for (int i = 0; i < 120; i++) {
      fill(store, bytes(i, BLOB));
      // The database takes some megabytes at once, for its log, between two looks at the volume.
      assertThat(usable()).isGreaterThanOrEqualTo(KEEP_FREE - 8 * MIB);
    }
    assertThat(store.statistics().evictions()).isPositive();
    assertThat(store.statistics().capacity()).isEqualTo(1 << 30);
    assertThat(store.statistics().effectiveCapacity()).isLessThan(1 << 30);
    assertThat(store.statistics().bookedBytes()).isGreaterThan(40 * MIB);
  }

  @Test
  void makesWayForOthersByItselfAndGrowsAgainWhenTheyAreGone() throws Exception {
    // Far below what there is room for, as the database takes a dozen megabytes now and then.
    List<Digest> blobs = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      blobs.add(fill(store, bytes(i, BLOB)));
    }
    assertThat(store.statistics().evictions()).isZero();

    Files.write(ballast, bytes(1_000, (int) (35 * MIB)));
    await().atMost(Duration.ofSeconds(20)).until(() -> usable() >= KEEP_FREE);

    long left = store.statistics().residentCount();
    assertThat(left).isBetween(5L, 35L);
    Digest gone =
        blobs.stream().filter(blob -> store.info(blob).isEmpty()).findFirst().orElseThrow();
    assertThat(store.explain(gone).orElseThrow().departure().orElseThrow().reason())
        .isEqualTo(Reason.LOW_SPACE);
    assertThat(Contents.files(root, "blobs")).hasSize((int) left);

    Files.delete(ballast);
    long before = store.statistics().effectiveCapacity();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> store.statistics().effectiveCapacity() > before + 20 * MIB);
    for (int i = 0; i < 40; i++) {
      fill(store, bytes(i, BLOB));
    }
    assertThat(store.statistics().residentCount()).isGreaterThan(35);
  }

  @Test
  void whatIsPromisedToRunningFillsIsNotGivenToOthersTwice() throws Exception {
    List<PartialBlob> running = new ArrayList<>();
    int promised = 0;
    try {
      for (int i = 0; i < 100; i++) {
        PartialBlob partial = store.begin(Digest.sha256(bytes(i, 8)));
        running.add(partial);
        partial.reserve(8 * MIB);
        promised++;
      }
    } catch (InsufficientSpaceException e) {
      assertThat(e).hasMessageContaining("no room");
    }
    assertThat(promised).isBetween(4, 8);
    for (int i = 0; i < promised; i++) {
      running.get(i).append(ByteBuffer.wrap(bytes(i, (int) (8 * MIB))));
    }
    assertThat(usable()).isGreaterThanOrEqualTo(KEEP_FREE - 2 * MIB);
    running.forEach(PartialBlob::discard);
  }

  @Test
  void whereOthersTakeAllThereIsNothingIsKeptButWhatIsPinnedOrRead() throws Exception {
    Digest pinned = fill(store, bytes(1, BLOB));
    store
        .pins()
        .put(
            new Pin(
                "a",
                List.of(),
                pinned,
                Map.of(pinned, (long) BLOB),
                InstantSource.system().instant()));
    Digest read = fill(store, bytes(2, BLOB));
    Digest idle = fill(store, bytes(3, BLOB));
    try (BlobFile reader = store.open(read).orElseThrow()) {
      fillBallast();
      await().atMost(Duration.ofSeconds(20)).until(() -> store.info(idle).isEmpty());

      assertHolds(store, pinned, bytes(1, BLOB));
      assertThat(Contents.read(reader)).isEqualTo(bytes(2, BLOB));
      PartialBlob partial = store.begin(Digest.sha256(bytes(4, BLOB)));
      assertThatThrownBy(() -> partial.reserve(BLOB))
          .isInstanceOf(InsufficientSpaceException.class);
      partial.discard();
    }
    Files.delete(ballast);
    await()
        .atMost(Duration.ofSeconds(20))
        .ignoreExceptionsInstanceOf(InsufficientSpaceException.class)
        .untilAsserted(() -> fill(store, bytes(4, BLOB)));
  }

  @Test
  void obeysAtTheStart() throws Exception {
    for (int i = 0; i < 50; i++) {
      fill(store, bytes(i, BLOB));
    }
    store.close();
    Files.write(ballast, bytes(1_000, (int) (20 * MIB)));

    store = open();

    assertThat(usable()).isGreaterThanOrEqualTo(KEEP_FREE - 2 * MIB);
    assertThat(store.statistics().residentCount()).isBetween(10L, 45L);
  }

  private void fillBallast() throws IOException {
    byte[] chunk = bytes(1_000, 1 << 20);
    try (var out = Files.newOutputStream(ballast)) {
      while (usable() > 4 * MIB) {
        out.write(chunk);
      }
    }
  }

  private long usable() throws IOException {
    return Files.getFileStore(root).getUsableSpace();
  }

  private ContentStore open() throws StoreException {
    return ContentStore.open(
        new StoreOptions(
            root, 1 << 30, KEEP_FREE, 1 << 20, new LinkEstimate(), InstantSource.system()));
  }
}
