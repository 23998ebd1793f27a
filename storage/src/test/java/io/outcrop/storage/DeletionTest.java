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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Content that is taken out: under its readers, and at each instant a crash may come. */
final class DeletionTest {

  private static final int LARGE = 100_000;
  private static final byte[] BODY = bytes(1, LARGE);

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
  void readersOfEvictedContentFinishAndTheLastGivesBackItsRoom() throws Exception {
    Digest digest = fill(store, BODY);
    BlobFile first = store.open(digest).orElseThrow();
    BlobFile second = store.open(digest).orElseThrow();

    assertThat(store.evict(digest, Reason.OPERATOR)).isTrue();
    assertThat(store.evict(digest, Reason.OPERATOR)).isFalse();

    assertAbsent(store, digest);
    assertThat(Contents.files(root, "blobs")).isEmpty();
    assertThat(booked(store)).isEqualTo(LARGE);
    assertThat(Contents.read(first)).isEqualTo(BODY);
    first.close();
    assertThat(booked(store)).isEqualTo(LARGE);
    assertThat(Contents.read(second)).isEqualTo(BODY);
    second.close();
    assertThat(booked(store)).isZero();
  }

  @Test
  void whatItsReadersStillHoldIsNoRoomForOthers() throws Exception {
    Digest digest = fill(store, BODY);
    BlobFile reader = store.open(digest).orElseThrow();
    store.evict(digest, Reason.OPERATOR);
    for (int i = 0; i < 10; i++) {
      fill(store, bytes(10 + i, LARGE));
      assertThat(booked(store)).isLessThanOrEqualTo(Contents.LARGE_CAPACITY);
    }
    assertThat(Contents.files(root, "blobs")).hasSize(6);
    PartialBlob all = store.begin(Digest.sha256(bytes(99, 1)));
    assertThatThrownBy(() -> all.reserve(Contents.LARGE_CAPACITY))
        .isInstanceOf(InsufficientSpaceException.class);

    reader.close();
    all.reserve(Contents.LARGE_CAPACITY);
    all.discard();
  }

  @Test
  void theSameContentMayComeBackWhileTheEvictedIsStillRead() throws Exception {
    Digest digest = fill(store, BODY);
    BlobFile old = store.open(digest).orElseThrow();
    store.evict(digest, Reason.OPERATOR);

    fill(store, BODY);
    assertThat(booked(store)).isEqualTo(2 * LARGE);
    assertThat(Contents.read(old)).isEqualTo(BODY);
    old.close();

    assertThat(booked(store)).isEqualTo(LARGE);
    assertHolds(store, digest, BODY);
    reopen();
    assertHolds(store, digest, BODY);
  }

  @Test
  void damageUnderAReaderIsForgottenAtOnceAndToldOnce() throws Exception {
    List<Damaged> told = new ArrayList<>();
    store.onDamage(told::add);
    Digest digest = fill(store, BODY);
    BlobFile reader = store.open(digest).orElseThrow();
    Files.delete(Contents.complete(root, digest));

    assertThat(store.open(digest)).isEmpty();
    assertThat(store.open(digest)).isEmpty();

    assertThat(told).hasSize(1);
    assertThat(told.getFirst().content()).isEqualTo(digest);
    assertThat(told.getFirst().info())
        .isEqualTo(new ContentInfo(LARGE, Optional.empty(), ContentInfo.Origin.PUBLIC));
    assertThat(told.getFirst().kind()).isEqualTo(Damaged.Kind.MISSING);
    assertThat(store.statistics().damaged()).isEqualTo(1);
    assertThat(Contents.read(reader)).isEqualTo(BODY);
    assertThat(booked(store)).isEqualTo(LARGE);
    reader.close();
    assertThat(booked(store)).isZero();
  }

  @Test
  void aListenerMayFetchAtOnceWhatWasFoundDamaged() throws Exception {
    Digest digest = fill(store, BODY);
    store.onDamage(damaged -> {
      try {
        fill(store, BODY);
      } catch (java.io.IOException e) {
        throw new AssertionError(e);
      }
    });
    Files.delete(Contents.complete(root, digest));

    assertThat(store.open(digest)).isEmpty();

    assertHolds(store, digest, BODY);
  }

  /** Its name is taken by a folder with something in it, so that it cannot be deleted. */
  @Test
  void whatCannotBeDeletedGoesOnTakingRoomAndNothingElseIsLostForIt() throws Exception {
    List<Digest> blobs = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      blobs.add(fill(store, bytes(i, LARGE)));
    }
    Path stuck = Contents.complete(root, blobs.get(0));
    Files.delete(stuck);
    Files.createDirectories(stuck.resolve("not empty"));

    assertThatThrownBy(() -> fill(store, bytes(100, LARGE)))
        .isInstanceOf(InsufficientSpaceException.class);

    assertThat(store.resident()).containsExactlyInAnyOrderElementsOf(blobs.subList(1, 7));
    assertThat(booked(store)).isEqualTo(7 * LARGE);
    fill(store, bytes(100, LARGE));
    assertThat(booked(store)).isEqualTo(7 * LARGE);
    Files.delete(stuck.resolve("not empty"));
    reopen();
    assertThat(booked(store)).isEqualTo(6 * LARGE);
    assertThat(stuck).doesNotExist();
  }

  @Test
  void aCrashBeforeTheFileOfMarkedContentIsDeletedLeavesNeither() throws Exception {
    Digest kept = put(store, bytes(2, 10));
    Digest digest = fill(store, BODY);
    store.close();
    markDeleting(digest);

    store = Contents.open(root);

    assertAbsent(store, digest);
    assertHolds(store, kept, bytes(2, 10));
    assertThat(Contents.files(root, "blobs")).isEmpty();
    assertThat(rows()).containsExactly(kept.toString());
    store = Contents.open(root);
    fill(store, BODY);
    assertHolds(store, digest, BODY);
  }

  @Test
  void aCrashBeforeTheEntryOfDeletedContentIsDeletedLeavesNeither() throws Exception {
    Digest digest = fill(store, BODY);
    store.close();
    markDeleting(digest);
    Files.delete(Contents.complete(root, digest));

    store = Contents.open(root);

    assertAbsent(store, digest);
    assertThat(rows()).isEmpty();
    store = Contents.open(root);
  }

  @Test
  void aCrashAfterAllOfADeletionLeavesNothing() throws Exception {
    Digest large = fill(store, BODY);
    Digest small = put(store, bytes(2, 10));
    store.evict(large, Reason.OPERATOR);
    store.evict(small, Reason.OPERATOR);
    // As after a crash: nothing of what is written at leisure has been written.
    assertThat(rows()).isEmpty();
    try (MetadataStore metadata = MetadataStore.open(root.resolve("db"))) {
      assertThat(metadata.get(Table.BODY, ContentStore.key(small))).isEmpty();
    }
    store = Contents.open(root);
    assertThat(booked(store)).isZero();
  }

  private void markDeleting(Digest digest) throws StoreException {
    try (MetadataStore metadata = MetadataStore.open(root.resolve("db"))) {
      ContentRow row =
          ContentRow.decode(
              metadata.get(Table.CONTENT, ContentStore.key(digest)).orElseThrow(),
              new Interner<>());
      metadata.write(
          new Batch()
              .put(
                  Table.CONTENT, ContentStore.key(digest), ContentRow.encodeDeleting(row.entry())));
    }
  }

  /** Closes the store, and tells what content the database has. */
  private List<String> rows() throws StoreException {
    store.close();
    List<String> rows = new ArrayList<>();
    try (MetadataStore metadata = MetadataStore.open(root.resolve("db"))) {
      metadata.scan(
          Table.CONTENT,
          new byte[0],
          new byte[0],
          (key, value) -> rows.add(new String(key, java.nio.charset.StandardCharsets.UTF_8)));
    }
    return rows;
  }

  private void reopen() throws StoreException {
    store.close();
    store = Contents.open(root);
  }
}
