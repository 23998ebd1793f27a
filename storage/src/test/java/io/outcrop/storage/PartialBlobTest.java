package io.outcrop.storage;

import static io.outcrop.storage.Contents.assertAbsent;
import static io.outcrop.storage.Contents.assertHolds;
import static io.outcrop.storage.Contents.booked;
import static io.outcrop.storage.Contents.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Digest.Algorithm;
import io.outcrop.storage.ContentInfo.Origin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PartialBlobTest {

  private static final byte[] BODY = bytes(1, 300_000);
  private static final Digest DIGEST = Digest.sha256(BODY);

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
  void isVisibleToNobodyBeforeItIsPublished() throws Exception {
    PartialBlob partial = begin(BODY.length);
    append(partial, 0, BODY.length);

    assertAbsent(store, DIGEST);
    assertThat(Contents.files(root, "blobs")).isEmpty();
    partial.publish(Origin.PRIVATE, List.of());
    assertHolds(store, DIGEST, BODY);
    assertThat(store.info(DIGEST).orElseThrow().origin()).isEqualTo(Origin.PRIVATE);
  }

  @Test
  void readersFollowTheGrowingFileAndOutliveTheFill() throws Exception {
    PartialBlob partial = begin(BODY.length);
    append(partial, 0, 1_000);
    try (BlobFile reader = partial.file().retain()) {
      assertThat(Contents.read(reader)).isEqualTo(Arrays.copyOf(BODY, 1_000));

      append(partial, 1_000, BODY.length);
      partial.publish(Origin.PUBLIC, List.of());

      assertThat(Contents.read(reader)).isEqualTo(BODY);
    }
    assertThatThrownBy(partial.file()::retain).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void booksItsWholeRoomBeforeTheFirstByte() throws Exception {
    PartialBlob partial = begin(BODY.length);

    assertThat(booked(store)).isEqualTo(BODY.length);
    append(partial, 0, BODY.length);
    assertThat(booked(store)).isEqualTo(BODY.length);
    partial.publish(Origin.PUBLIC, List.of());
    assertThat(booked(store)).isEqualTo(BODY.length);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 100, 65_536, 65_537, 300_000})
  void discardsWrongBytesAndGivesBackTheirRoom(int size) throws Exception {
    byte[] before = bytes(9, 1_000);
    Contents.put(store, before);
    PartialBlob partial = begin(size);
    partial.append(ByteBuffer.wrap(bytes(2, size)));

    assertThatThrownBy(() -> partial.publish(Origin.PUBLIC, List.of()))
        .isInstanceOf(DigestMismatchException.class)
        .hasMessageContaining(DIGEST.toString());

    assertAbsent(store, DIGEST);
    assertThat(booked(store)).isEqualTo(before.length);
    assertThat(Contents.files(root, "fills")).isEmpty();
    assertThat(Contents.files(root, "blobs")).isEmpty();
    assertThat(partial.file().channel().isOpen()).isFalse();

    // What comes after the end is ignored, and the next fill begins from none.
    partial.discard();
    partial.suspend();
    assertThat(booked(store)).isEqualTo(before.length);
    assertThat(store.begin(DIGEST).length()).isZero();
  }

  @Test
  void verifyTellsWrongBytesAndChangesNothing() throws Exception {
    PartialBlob partial = begin(BODY.length);
    append(partial, 0, 1_000);

    assertThatThrownBy(partial::verify).isInstanceOf(DigestMismatchException.class);
    append(partial, 1_000, BODY.length);
    partial.verify();
    partial.verify();
    partial.publish(Origin.PUBLIC, List.of());
    assertHolds(store, DIGEST, BODY);
  }

  @Test
  void keepsPartialBytesOfACutFillAndGoesOnFromThem() throws Exception {
    PartialBlob cut = begin(BODY.length);
    append(cut, 0, 100_000);
    cut.suspend();
    assertThat(booked(store)).as("only what is there stays booked").isEqualTo(100_000);

    PartialBlob resumed = store.begin(DIGEST);
    assertThat(resumed.length()).isEqualTo(100_000);
    resumed.reserve(BODY.length);
    append(resumed, 100_000, BODY.length);
    resumed.publish(Origin.PUBLIC, List.of());

    assertHolds(store, DIGEST, BODY);
    assertThat(booked(store)).isEqualTo(BODY.length);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sha256", "sha512"})
  void keepsPartialBytesOverAReopen(String algorithm) throws Exception {
    Algorithm chosen = algorithm.equals("sha256") ? Algorithm.SHA256 : Algorithm.SHA512;
    Digest digest = Digest.of(chosen, BODY);
    PartialBlob cut = store.begin(digest);
    cut.reserve(BODY.length);
    append(cut, 0, 70_001);
    cut.suspend();

    reopen();
    assertThat(booked(store)).isEqualTo(70_001);
    assertAbsent(store, digest);
    PartialBlob resumed = store.begin(digest);
    assertThat(resumed.length()).isEqualTo(70_001);
    append(resumed, 70_001, BODY.length);
    resumed.publish(Origin.PUBLIC, List.of());

    assertHolds(store, digest, BODY);
    assertThat(booked(store)).isEqualTo(BODY.length);
  }

  @Test
  void keepsThePartialBytesOfAProcessThatDiedWhileFilling() throws Exception {
    PartialBlob cut = begin(BODY.length);
    append(cut, 0, 50_000);

    reopen(); // Without suspending.

    assertThat(booked(store)).isEqualTo(50_000);
    assertThat(store.begin(DIGEST).length()).isEqualTo(50_000);
  }

  @Test
  void leavesNothingOfAFillCutBeforeItsFirstByte() throws Exception {
    begin(BODY.length).suspend();

    assertThat(booked(store)).isZero();
    assertThat(Contents.files(root, "fills")).isEmpty();
    begin(BODY.length);
    reopen();
    assertThat(booked(store)).isZero();
    assertThat(Contents.files(root, "fills")).isEmpty();
  }

  @Test
  void wrongPartialBytesAreFoundOutAndARestartRecovers() throws Exception {
    PartialBlob cut = begin(BODY.length);
    cut.append(ByteBuffer.wrap(bytes(7, 1_000)));
    cut.suspend();
    PartialBlob resumed = store.begin(DIGEST);
    resumed.reserve(BODY.length);
    append(resumed, 1_000, BODY.length);
    assertThatThrownBy(resumed::verify).isInstanceOf(DigestMismatchException.class);

    resumed.restart();
    assertThat(resumed.length()).isZero();
    append(resumed, 0, BODY.length);
    resumed.publish(Origin.PUBLIC, List.of());

    assertHolds(store, DIGEST, BODY);
    assertThat(booked(store)).isEqualTo(BODY.length);
  }

  @Test
  void reservingMoreThanFitsLosesNothing() throws Exception {
    PartialBlob partial = begin(1_000);
    append(partial, 0, 500);

    assertThatThrownBy(() -> partial.reserve(Contents.LARGE_CAPACITY + 1))
        .isInstanceOf(InsufficientSpaceException.class);
    assertThatThrownBy(() -> partial.reserve(Long.MAX_VALUE))
        .isInstanceOf(InsufficientSpaceException.class);

    assertThat(booked(store)).isEqualTo(1_000);
    assertThat(partial.length()).isEqualTo(500);
    append(partial, 500, BODY.length);
    partial.publish(Origin.PUBLIC, List.of());
    assertHolds(store, DIGEST, BODY);
  }

  @Test
  void takesTheWholeLargePoolExactly() throws Exception {
    PartialBlob partial = begin(1);
    partial.reserve(Contents.LARGE_CAPACITY);

    assertThat(booked(store)).isEqualTo(Contents.LARGE_CAPACITY);
    partial.discard();
    assertThat(booked(store)).isZero();
  }

  @Test
  void fillsOfUnknownSizeEndWithExactlyTheirRoom() throws Exception {
    PartialBlob partial = store.begin(DIGEST);
    for (int at = 0; at < BODY.length; at += 30_000) {
      append(partial, at, at + 30_000);
      assertThat(booked(store)).isBetween(partial.length(), Contents.LARGE_CAPACITY);
    }
    partial.publish(Origin.PUBLIC, List.of());

    assertHolds(store, DIGEST, BODY);
    assertThat(booked(store)).isEqualTo(BODY.length);
  }

  @Test
  void aFillOfUnknownSizeBooksAheadInALargeStore() throws Exception {
    try (ContentStore large = Contents.open(root.resolve("large"), 64 << 20)) {
      PartialBlob partial = large.begin(DIGEST);
      append(partial, 0, BODY.length);
      assertThat(booked(large)).isEqualTo(8 << 20);
      partial.publish(Origin.PUBLIC, List.of());
      assertThat(booked(large)).isEqualTo(BODY.length);
    }
  }

  @Test
  void aFillOfUnknownSizeThatOutgrowsTheStoreCanBeSuspended() throws Exception {
    PartialBlob partial = store.begin(DIGEST);
    ByteBuffer chunk = ByteBuffer.allocate(100_000);

    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 100; i++) {
                partial.append(chunk.clear());
              }
            })
        .isInstanceOf(InsufficientSpaceException.class);

    assertThat(partial.length()).isEqualTo(700_000);
    partial.suspend();
    assertThat(booked(store)).isEqualTo(700_000);
    store.begin(DIGEST).discard();
    assertThat(booked(store)).isZero();
    assertThat(Contents.files(root, "fills")).isEmpty();
  }

  @Test
  void givesBackTheRoomOfAnInlineBlobThatDoesNotFit() throws Exception {
    // A small store whose small pool is less than a small blob.
    try (ContentStore tiny = Contents.open(root.resolve("tiny"), 100_000)) {
      byte[] body = bytes(3, 30_000);
      assertThatThrownBy(() -> Contents.fill(tiny, body))
          .isInstanceOf(InsufficientSpaceException.class);
      assertThat(booked(tiny)).isZero();
      assertAbsent(tiny, Digest.sha256(body));
      assertThat(Contents.files(root.resolve("tiny"), "fills")).isEmpty();
    }
  }

  @Test
  void givesBackTheRoomOnceWhenPublishingFails() throws Exception {
    byte[] small = bytes(4, 1_000);
    for (byte[] body : List.of(small, BODY)) {
      PartialBlob partial = store.begin(Digest.sha256(body));
      partial.reserve(body.length);
      partial.append(ByteBuffer.wrap(body));
      store.close();

      assertThatThrownBy(() -> partial.publish(Origin.PUBLIC, List.of()))
          .isInstanceOf(StoreException.class);

      assertThat(booked(store)).isZero();
      assertThat(store.info(Digest.sha256(body))).isEmpty();
      assertThat(Contents.files(root, "blobs")).isEmpty();
      store = Contents.open(root);
    }
  }

  @Test
  void givesBackTheRoomOnceWhenLinkingADuplicateFails() throws Exception {
    Contents.fill(store, BODY);
    PartialBlob partial = begin(BODY.length);
    append(partial, 0, BODY.length);
    store.close();
    Link link = new Link(io.outcrop.oci.Repository.of("docker.io", "a"), DIGEST, LinkState.PROVEN);

    assertThatThrownBy(() -> partial.publish(Origin.PUBLIC, List.of(link)))
        .isInstanceOf(StoreException.class);

    assertThat(booked(store)).isEqualTo(BODY.length);
  }

  @Test
  void givesBackTheRoomOfAPartialThatCannotBeOpened() throws Exception {
    PartialBlob cut = begin(BODY.length);
    append(cut, 0, 1_000);
    cut.suspend();
    Path file = Contents.partial(root, DIGEST);
    Files.delete(file);
    Files.createSymbolicLink(file, file);

    assertThatThrownBy(() -> store.begin(DIGEST)).isInstanceOf(IOException.class);

    assertThat(booked(store)).isZero();
  }

  @Test
  void beginsAnewWhereAFolderStandsInItsPlace_orItsPlaceIsGone() throws Exception {
    Path file = Contents.partial(root, DIGEST);
    Files.createDirectories(file.resolve("within"));
    store.begin(DIGEST).discard();
    Files.delete(root.resolve("fills"));

    Contents.fill(store, BODY);

    assertHolds(store, DIGEST, BODY);
  }

  @Test
  void booksBytesFoundInAPartialFileThatNobodyBooked() throws Exception {
    Files.write(Contents.partial(root, DIGEST), Arrays.copyOf(BODY, 200_000));

    PartialBlob partial = store.begin(DIGEST);

    assertThat(booked(store)).isEqualTo(partial.length());
    append(partial, (int) partial.length(), BODY.length);
    partial.publish(Origin.PUBLIC, List.of());
    assertHolds(store, DIGEST, BODY);
    assertThat(booked(store)).isEqualTo(BODY.length);
  }

  private PartialBlob begin(long size) throws IOException {
    PartialBlob partial = store.begin(DIGEST);
    partial.reserve(size);
    return partial;
  }

  private static void append(PartialBlob partial, int from, int to) throws IOException {
    partial.append(ByteBuffer.wrap(BODY, from, to - from));
  }

  private void reopen() throws StoreException {
    store.close();
    store = Contents.open(root);
  }
}
