package io.outcrop.storage;

import static io.outcrop.storage.Contents.assertAbsent;
import static io.outcrop.storage.Contents.assertHolds;
import static io.outcrop.storage.Contents.booked;
import static io.outcrop.storage.Contents.bytes;
import static io.outcrop.storage.Contents.fill;
import static io.outcrop.storage.Contents.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.outcrop.oci.Digest;
import io.outcrop.storage.cache.StackArc;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EvictionTest {

  // Seven of these fit into the large pool, and eight of the small ones into the small pool.
  private static final int LARGE = 100_000;
  private static final int SMALL = 32_768;

  @TempDir Path root;
  private ContentStore store;

  @BeforeEach
  void open() throws StoreException {
    store = Contents.open(root);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void evictsTheLeastRecentlyUsedBlobAndItsFile() throws Exception {
    List<Digest> blobs = fillBlobs(7);
    store.used(blobs.get(0), 1);
    store.used(blobs.get(2), 1);

    fill(store, bytes(100, 2 * LARGE));

    assertAbsent(store, blobs.get(1));
    assertAbsent(store, blobs.get(3));
    assertHolds(store, blobs.get(0), bytes(0, LARGE));
    assertHolds(store, blobs.get(2), bytes(2, LARGE));
    assertThat(Contents.files(root, "blobs")).hasSize(6);
    assertThat(store.statistics())
        .isEqualTo(
            new StoreStatistics(
                Contents.CAPACITY,
                Contents.CAPACITY,
                6,
                7 * LARGE,
                2,
                2 * LARGE,
                0,
                new StackArc.Sizes(5 * LARGE, 2 * LARGE, 2 * LARGE, 0, 2),
                0));
  }

  @Test
  void remembersUsesOverAReopen() throws Exception {
    List<Digest> blobs = fillBlobs(7);
    store.used(blobs.get(0), 1);
    reopen();

    fill(store, bytes(100, LARGE));

    assertAbsent(store, blobs.get(1));
    assertHolds(store, blobs.get(0), bytes(0, LARGE));
  }

  @Test
  void openContentIsNeverEvictedAndCanBeAfterItIsClosed() throws Exception {
    List<Digest> blobs = fillBlobs(7);
    BlobFile reader = store.open(blobs.get(0)).orElseThrow();
    BlobFile second = reader.retain();

    fill(store, bytes(100, LARGE));
    assertAbsent(store, blobs.get(1));
    reader.close();
    fill(store, bytes(101, LARGE));
    assertAbsent(store, blobs.get(2));
    assertHolds(store, blobs.get(0), bytes(0, LARGE));
    assertThat(Contents.read(second)).isEqualTo(bytes(0, LARGE));

    second.close();
    fill(store, bytes(102, LARGE));
    assertAbsent(store, blobs.get(0));
  }

  @Test
  void refusesToStoreWhenAllIsInUse() throws Exception {
    List<Digest> blobs = fillBlobs(7);
    List<BlobFile> readers = new ArrayList<>();
    for (Digest blob : blobs) {
      readers.add(store.open(blob).orElseThrow());
    }

    PartialBlob partial = store.begin(Digest.sha256(bytes(100, LARGE)));
    assertThatThrownBy(() -> partial.reserve(LARGE)).isInstanceOf(InsufficientSpaceException.class);
    partial.discard();
    assertThatThrownBy(() -> put(store, bytes(100, LARGE)))
        .isInstanceOf(InsufficientSpaceException.class);

    assertThat(booked(store)).isEqualTo(7 * LARGE);
    assertThat(store.statistics().evictions()).isZero();
    for (BlobFile reader : readers) {
      reader.close();
    }
    put(store, bytes(100, LARGE));
    assertAbsent(store, blobs.get(0));
  }

  @Test
  void runningFillsAreNoRoomForOthersAndNothingIsEvictedForWhatCannotFit() throws Exception {
    List<Digest> blobs = fillBlobs(3);
    PartialBlob running = store.begin(Digest.sha256(bytes(100, 4 * LARGE)));
    running.reserve(4 * LARGE);
    PartialBlob tooLarge = store.begin(Digest.sha256(bytes(101, 4 * LARGE)));

    assertThatThrownBy(() -> tooLarge.reserve(4 * LARGE))
        .isInstanceOf(InsufficientSpaceException.class);

    for (int i = 0; i < 3; i++) {
      assertHolds(store, blobs.get(i), bytes(i, LARGE));
    }
    running.discard();
    tooLarge.reserve(4 * LARGE);
    tooLarge.discard();
    assertThat(booked(store)).isEqualTo(3 * LARGE);
  }

  @Test
  void largeContentNeverEvictsSmall() throws Exception {
    List<Digest> documents = putDocuments(8);

    for (int i = 0; i < 30; i++) {
      fill(store, bytes(100 + i, LARGE));
    }

    for (int i = 0; i < 8; i++) {
      assertHolds(store, documents.get(i), bytes(i, SMALL));
    }
    assertThat(booked(store)).isEqualTo(8 * SMALL + 7 * LARGE);
  }

  @Test
  void smallContentNeverEvictsLarge() throws Exception {
    List<Digest> blobs = fillBlobs(7);

    List<Digest> documents = putDocuments(30);

    for (int i = 0; i < 7; i++) {
      assertHolds(store, blobs.get(i), bytes(i, LARGE));
    }
    assertAbsent(store, documents.get(21));
    for (int i = 22; i < 30; i++) {
      assertHolds(store, documents.get(i), bytes(i, SMALL));
    }
    assertThat(booked(store)).isEqualTo(8 * SMALL + 7 * LARGE);
  }

  @Test
  void dropsIdlePartialsBeforeAnyCompleteBlob() throws Exception {
    List<Digest> blobs = fillBlobs(5);
    List<Digest> partials = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      byte[] body = bytes(50 + i, LARGE);
      PartialBlob partial = store.begin(Digest.sha256(body));
      partial.append(ByteBuffer.wrap(body, 0, LARGE - 1));
      partial.suspend();
      partials.add(partial.digest());
    }

    fill(store, bytes(100, LARGE));
    assertThat(Contents.partial(root, partials.get(0))).doesNotExist();
    assertThat(Contents.partial(root, partials.get(1))).exists();
    fill(store, bytes(101, LARGE));
    assertThat(Contents.partial(root, partials.get(1))).doesNotExist();
    assertThat(store.begin(partials.get(1)).length()).isZero();
    assertThat(store.statistics().evictions()).isZero();
    fill(store, bytes(102, LARGE));
    assertAbsent(store, blobs.get(0));
  }

  @Test
  void aPartialTakenUpAgainIsNotDropped() throws Exception {
    byte[] body = bytes(50, LARGE);
    PartialBlob cut = store.begin(Digest.sha256(body));
    cut.append(ByteBuffer.wrap(body, 0, LARGE - 1));
    cut.suspend();
    PartialBlob resumed = store.begin(cut.digest());
    List<Digest> blobs = fillBlobs(8);

    assertAbsent(store, blobs.get(0));
    assertThat(resumed.length()).isEqualTo(LARGE - 1);
    resumed.append(ByteBuffer.wrap(body, LARGE - 1, 1));
    resumed.publish(ContentInfo.Origin.PUBLIC, List.of());
    assertHolds(store, resumed.digest(), body);
  }

  @Test
  void aStoreOpenedWithLessCapacityEvictsDownToIt() throws Exception {
    List<Digest> blobs = fillBlobs(7);
    List<Digest> documents = putDocuments(8);
    store.close();

    long capacity = Contents.CAPACITY / 2;
    store = Contents.open(root, capacity);

    assertThat(booked(store)).isEqualTo(3 * LARGE + 4 * SMALL).isLessThanOrEqualTo(capacity);
    assertThat(Contents.files(root, "blobs")).hasSize(3);
    assertHolds(store, blobs.get(6), bytes(6, LARGE));
    assertHolds(store, documents.get(7), bytes(7, SMALL));
  }

  private List<Digest> fillBlobs(int count) throws Exception {
    List<Digest> blobs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      blobs.add(fill(store, bytes(i, LARGE)));
    }
    return blobs;
  }

  private List<Digest> putDocuments(int count) throws Exception {
    List<Digest> documents = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      documents.add(put(store, bytes(i, SMALL)));
    }
    return documents;
  }

  private void reopen() throws StoreException {
    store.close();
    store = Contents.open(root);
  }
}
