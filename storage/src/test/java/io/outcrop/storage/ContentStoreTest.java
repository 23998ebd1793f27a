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
import io.outcrop.oci.Digest.Algorithm;
import io.outcrop.oci.MediaType;
import io.outcrop.oci.Repository;
import io.outcrop.storage.ContentInfo.Origin;
import io.outcrop.storage.cache.StackArc;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ContentStoreTest {

  private static final Repository REPOSITORY = Repository.of("docker.io", "library/a");

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
  void holdsNothingAtFirst() throws Exception {
    assertAbsent(store, Digest.sha256(bytes(1, 10)));
    assertThat(store.statistics())
        .isEqualTo(
            new StoreStatistics(
                Contents.CAPACITY, Contents.CAPACITY, 0, 0, 0, 0, 0, StackArc.Sizes.NONE, 0));
  }

  @Test
  void keepsADocumentWithWhatIsKnownOfIt() throws Exception {
    byte[] body = bytes(1, 3_000);
    Digest digest = Digest.sha256(body);
    Link link = new Link(REPOSITORY, digest, LinkState.PROVEN);

    store.put(digest, body, MediaType.OCI_INDEX, Origin.PRIVATE, List.of(link));

    ContentInfo known = new ContentInfo(3_000, Optional.of(MediaType.OCI_INDEX), Origin.PRIVATE);
    assertThat(store.info(digest)).contains(known);
    assertThat(store.cachedBytes(digest).orElseThrow()).isEqualTo(body);
    assertThat(store.isFile(digest)).isFalse();
    assertThat(store.open(digest)).as("small content has no file").isEmpty();
    assertThat(store.directory().link(REPOSITORY, digest)).isEqualTo(LinkState.PROVEN);

    reopen();
    assertThat(store.info(digest)).contains(known);
    assertThat(store.cachedBytes(digest)).as("not read yet").isEmpty();
    assertThat(store.bytes(digest).orElseThrow()).isEqualTo(body);
    assertThat(store.cachedBytes(digest).orElseThrow()).isEqualTo(body);
    assertThat(store.directory().link(REPOSITORY, digest)).isEqualTo(LinkState.PROVEN);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, ContentStore.SMALL_BYTES - 1, ContentStore.SMALL_BYTES})
  void keepsSmallContentInTheDatabase(int size) throws Exception {
    byte[] document = bytes(1, size);
    byte[] blob = bytes(2, size);

    Digest documentDigest = put(store, document);
    Digest blobDigest = fill(store, blob);

    for (int i = 0; i < 2; i++) {
      assertHolds(store, documentDigest, document);
      assertHolds(store, blobDigest, blob);
      assertThat(store.isFile(documentDigest)).isFalse();
      assertThat(store.isFile(blobDigest)).isFalse();
      assertThat(booked(store)).isEqualTo(size == 0 ? 0 : 2L * size);
      assertThat(Contents.files(root, "blobs")).isEmpty();
      assertThat(Contents.files(root, "fills")).isEmpty();
      reopen();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {ContentStore.SMALL_BYTES + 1, 200_000})
  void keepsLargerContentInFiles(int size) throws Exception {
    byte[] document = bytes(1, size);
    byte[] blob = bytes(2, size);

    Digest documentDigest = put(store, document);
    Digest blobDigest = fill(store, blob);

    for (int i = 0; i < 2; i++) {
      assertHolds(store, documentDigest, document);
      assertHolds(store, blobDigest, blob);
      assertThat(store.bytes(blobDigest).orElseThrow()).isEqualTo(blob);
      assertThat(store.isFile(documentDigest)).isTrue();
      assertThat(store.isFile(blobDigest)).isTrue();
      assertThat(booked(store)).isEqualTo(2L * size);
      assertThat(Contents.files(root, "blobs"))
          .containsExactlyInAnyOrder(documentDigest.toString(), blobDigest.toString());
      assertThat(Contents.files(root, "fills")).isEmpty();
      reopen();
    }
  }

  @Test
  void keepsContentUnderSha512Too() throws Exception {
    for (int size : new int[] {100, 100_000}) {
      byte[] body = bytes(size, size);
      Digest digest = Digest.of(Algorithm.SHA512, body);

      store.put(digest, body, MediaType.OCI_MANIFEST, Origin.PUBLIC, List.of());
      reopen();

      assertHolds(store, digest, body);
      assertAbsent(store, Digest.sha256(body));
    }
  }

  @Test
  void refusesADocumentThatIsNotWhatItsDigestPromises() throws Exception {
    Digest promised = Digest.sha256(bytes(1, 100));

    for (int size : new int[] {100, 100_000}) {
      assertThatThrownBy(
              () -> store.put(promised, bytes(2, size), MediaType.JSON, Origin.PUBLIC, List.of()))
          .isInstanceOf(DigestMismatchException.class)
          .hasMessageContaining(promised.toString());
    }

    assertAbsent(store, promised);
    assertThat(booked(store)).isZero();
    assertThat(Contents.files(root, "fills")).isEmpty();
  }

  @Test
  void storingAgainKeepsOneAndAddsTheLink() throws Exception {
    for (int size : new int[] {100, 100_000}) {
      byte[] body = bytes(size, size);
      Digest digest = put(store, body);
      long before = booked(store);
      Link link = new Link(REPOSITORY, digest, LinkState.CLAIMED);

      store.put(digest, body, MediaType.OCI_MANIFEST, Origin.PUBLIC, List.of(link));
      fill(store, body);

      assertThat(booked(store)).isEqualTo(before);
      assertThat(store.directory().link(REPOSITORY, digest)).isEqualTo(LinkState.CLAIMED);
      assertHolds(store, digest, body);
      assertThat(Contents.files(root, "fills")).isEmpty();
    }
  }

  @Test
  void aManifestFirstFetchedAsABlobLearnsItsType() throws Exception {
    for (int size : new int[] {100, 100_000}) {
      byte[] body = bytes(size, size);
      Digest digest = fill(store, body);
      assertThat(store.info(digest).orElseThrow().mediaType()).isEmpty();

      put(store, body);
      assertThat(store.info(digest).orElseThrow().mediaType()).contains(MediaType.OCI_MANIFEST);
      reopen();
      assertThat(store.info(digest).orElseThrow().mediaType()).contains(MediaType.OCI_MANIFEST);
    }
  }

  @Test
  void bytesGivesNothingLargerThanAManifest() throws Exception {
    try (ContentStore large = Contents.open(root.resolve("large"), 64 << 20)) {
      byte[] most = bytes(1, 8 << 20);
      byte[] more = bytes(2, (8 << 20) + 1);

      assertThat(large.bytes(fill(large, most)).orElseThrow()).isEqualTo(most);
      Digest digest = fill(large, more);
      assertThat(large.bytes(digest)).isEmpty();
      assertHolds(large, digest, more);
      assertThat(large.statistics().damaged()).isZero();
    }
  }

  @Test
  void aBlobFileIsSharedAndClosedAfterItsLastUser() throws Exception {
    Digest digest = fill(store, bytes(1, 100_000));
    BlobFile file = store.open(digest).orElseThrow();
    BlobFile second = file.retain();

    file.close();
    assertThat(Contents.read(second)).isEqualTo(bytes(1, 100_000));
    second.close();

    assertThat(second.channel().isOpen()).isFalse();
    assertThatThrownBy(second::retain).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void optionsRefuseSizesThatMakeNoSense() {
    TickingClock clock = new TickingClock();

    assertThatThrownBy(() -> new StoreOptions(root, 0, 1, clock)).hasMessageContaining("0");
    assertThatThrownBy(() -> new StoreOptions(root, 1, -1, clock)).hasMessageContaining("-1");
  }

  @Test
  void aStoreOfAFewBytesWorks() throws Exception {
    try (ContentStore tiny = Contents.open(root.resolve("tiny"), 100)) {
      byte[] body = bytes(1, 25);
      assertHolds(tiny, put(tiny, body), body);
      assertThatThrownBy(() -> put(tiny, bytes(2, 26)))
          .isInstanceOf(InsufficientSpaceException.class);
      assertThat(booked(tiny)).isEqualTo(25);
      PartialBlob partial = tiny.begin(Digest.sha256(new byte[] {1}));
      assertThatThrownBy(() -> partial.append(ByteBuffer.allocate(76)))
          .isInstanceOf(InsufficientSpaceException.class);
      partial.append(ByteBuffer.allocate(75));
      partial.discard();
      assertThat(booked(tiny)).isEqualTo(25);
    }
  }

  private void reopen() throws StoreException {
    store.close();
    store = Contents.open(root);
  }
}
