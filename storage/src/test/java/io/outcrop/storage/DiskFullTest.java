package io.outcrop.storage;

import static io.outcrop.storage.Contents.assertAbsent;
import static io.outcrop.storage.Contents.assertHolds;
import static io.outcrop.storage.Contents.booked;
import static io.outcrop.storage.Contents.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.outcrop.oci.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * On a file system of 16 MiB, which is less than the store was promised; RocksDB sets half aside.
 */
final class DiskFullTest {

  private static final byte[] TOO_LARGE = bytes(1, 16 << 20);

  @TempDir Path root;
  private SmallVolume volume;
  private ContentStore store;

  @BeforeEach
  void mount() throws Exception {
    volume = SmallVolume.mount(root, 16);
    store = Contents.open(root, 1L << 30);
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
  void aFillThatFindsTheDiskFullSaysSoAndGivesEverythingBack() throws Exception {
    Digest before = Contents.put(store, bytes(2, 10_000));
    PartialBlob partial = fillUp();

    long there = partial.length();
    assertThat(there).isBetween(1L << 20, 16L << 20);
    partial.discard();

    assertThat(booked(store)).isEqualTo(10_000);
    assertAbsent(store, partial.digest());
    assertHolds(store, before, bytes(2, 10_000));
    Digest after = Contents.fill(store, bytes(3, 1 << 20));
    assertHolds(store, after, bytes(3, 1 << 20));
  }

  @Test
  void aFillCutByAFullDiskCanGoOnWhenThereIsRoomAgain() throws Exception {
    byte[] body = java.util.Arrays.copyOf(TOO_LARGE, 5 << 20);
    Digest large = Contents.fill(store, bytes(2, 4 << 20));
    PartialBlob partial = store.begin(Digest.sha256(body));
    partial.reserve(body.length);
    assertThatThrownBy(() -> appendInChunks(partial, body))
        .isInstanceOf(InsufficientSpaceException.class)
        .hasMessageContaining("disk full");
    long there = partial.length();
    partial.suspend();
    assertThat(booked(store)).isEqualTo(there + (4 << 20));

    java.nio.file.Files.delete(Contents.complete(root, large));
    PartialBlob resumed = store.begin(Digest.sha256(body));
    assertThat(resumed.length()).isEqualTo(there);
    resumed.append(ByteBuffer.wrap(body, (int) there, body.length - (int) there));
    resumed.publish(ContentInfo.Origin.PUBLIC, List.of());

    assertHolds(store, resumed.digest(), body);
  }

  @Test
  void documentsThatFindTheDiskFullAreRefusedAndTheStoreRecovers() throws Exception {
    PartialBlob partial = fillUp();
    byte[] document = bytes(4, 200_000);
    assertThatThrownBy(() -> Contents.put(store, document))
        .isInstanceOf(InsufficientSpaceException.class);
    assertThat(Contents.files(root, "fills")).hasSize(1);
    // Small ones go to the log of the database, which has some room of its own left, or has not.
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 1_000; i++) {
                Contents.put(store, bytes(100 + i, 60_000));
              }
            })
        .isInstanceOf(StoreException.class);
    partial.discard();
    // RocksDB looks for room again every few seconds.
    await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptions()
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(() -> Contents.put(store, document));

    assertHolds(store, Digest.sha256(document), document);
    store.close();
    store = Contents.open(root, 1L << 30);
    assertHolds(store, Digest.sha256(document), document);
  }

  @Test
  void evictionFreesRoomOnAFullDiskWhereTheDatabaseCannotBeWritten() throws Exception {
    store.close();
    store = Contents.open(root, 6 << 20); // 1.5 MiB of it for small content.
    Digest victim = Contents.fill(store, bytes(5, 2 << 20));
    Path ballast = root.resolve("ballast");
    assertThatThrownBy(() -> java.nio.file.Files.write(ballast, TOO_LARGE))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 1_000; i++) {
                Contents.put(store, bytes(100 + i, 10_000));
              }
            })
        .isInstanceOf(StoreException.class);

    PartialBlob partial = store.begin(Digest.sha256(bytes(6, 3 << 20)));
    partial.reserve(3 << 20);

    assertAbsent(store, victim);
    assertThat(Contents.complete(root, victim)).doesNotExist();
    partial.append(ByteBuffer.wrap(bytes(6, 1 << 20)));
    partial.discard();
  }

  private PartialBlob fillUp() throws IOException {
    PartialBlob partial = store.begin(Digest.sha256(TOO_LARGE));
    partial.reserve(TOO_LARGE.length);
    assertThatThrownBy(() -> appendInChunks(partial, TOO_LARGE))
        .isInstanceOf(InsufficientSpaceException.class)
        .hasMessageContaining("disk full");
    return partial;
  }

  private static void appendInChunks(PartialBlob partial, byte[] body) throws IOException {
    for (int at = 0; at < body.length; at += 1 << 16) {
      partial.append(ByteBuffer.wrap(body, at, 1 << 16));
    }
  }
}
