package io.outcrop.storage;

import static io.outcrop.storage.Contents.assertAbsent;
import static io.outcrop.storage.Contents.assertHolds;
import static io.outcrop.storage.Contents.booked;
import static io.outcrop.storage.Contents.bytes;
import static io.outcrop.storage.Contents.fill;
import static io.outcrop.storage.Contents.put;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.outcrop.oci.Digest;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a store finds at its start, and files damaged while it runs. */
final class RecoveryTest {

  private static final byte[] BODY = bytes(1, 100_000);

  @TempDir Path root;
  private ContentStore store;

  @BeforeEach
  void open() throws StoreException {
    store = Contents.openUncached(root);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void aFileDeletedByHandIsFoundMissingAndForgotten() throws Exception {
    Digest kept = fill(store, bytes(2, 70_000));
    Digest digest = fill(store, BODY);
    Files.delete(Contents.complete(root, digest));

    assertThat(store.open(digest)).isEmpty();

    assertAbsent(store, digest);
    assertThat(store.statistics().damaged()).isEqualTo(1);
    assertThat(booked(store)).isEqualTo(70_000);
    assertHolds(store, kept, bytes(2, 70_000));
    fill(store, BODY);
    assertHolds(store, digest, BODY);
  }

  @Test
  void readingBytesFindsAMissingFileToo() throws Exception {
    Digest digest = fill(store, BODY);
    Files.delete(Contents.complete(root, digest));

    assertThat(store.bytes(digest)).isEmpty();

    assertAbsent(store, digest);
    assertThat(store.statistics().damaged()).isEqualTo(1);
    assertThat(booked(store)).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 99_999, 100_001})
  void aFileOfAnotherLengthIsForgottenAndTakenAway(int length) throws Exception {
    Digest digest = fill(store, BODY);
    Files.write(Contents.complete(root, digest), bytes(3, length));

    assertThat(store.open(digest)).isEmpty();

    assertAbsent(store, digest);
    assertThat(store.statistics().damaged()).isEqualTo(1);
    assertThat(Contents.files(root, "blobs")).isEmpty();
    reopen();
    assertAbsent(store, digest);
  }

  @Test
  void aMissingFileIsForgottenUnderAReader_whoReadsOn() throws Exception {
    Digest digest = fill(store, BODY);
    BlobFile reader = store.open(digest).orElseThrow();
    Files.delete(Contents.complete(root, digest));

    assertThat(store.open(digest)).isEmpty();

    assertAbsent(store, digest);
    assertThat(reader.isRevoked()).isFalse();
    assertThat(Contents.read(reader)).isEqualTo(BODY);
    // Its bytes are on the disk until the reader leaves.
    assertThat(booked(store)).isEqualTo(BODY.length);
    fill(store, BODY);
    reader.close();
    assertHolds(store, digest, BODY);
    assertThat(booked(store)).isEqualTo(BODY.length);
    assertThat(store.statistics().damaged()).isEqualTo(1);
  }

  @Test
  void anEntryWithoutItsFileIsDroppedAtStart() throws Exception {
    Digest lost = fill(store, BODY);
    Digest kept = put(store, bytes(2, 10));
    store.close();
    Files.delete(Contents.complete(root, lost));

    store = Contents.open(root);

    assertAbsent(store, lost);
    assertHolds(store, kept, bytes(2, 10));
    assertThat(store.statistics().residentCount()).isEqualTo(1);
    assertThat(booked(store)).isEqualTo(10);
    assertThat(entries()).containsExactly(kept.toString());
  }

  @Test
  void filesWithoutAnEntryAreDeletedAtStart() throws Exception {
    Digest kept = fill(store, BODY);
    Digest small = put(store, bytes(2, 10));
    store.close();
    Digest orphan = Digest.of(Digest.Algorithm.SHA512, bytes(3, 10));
    Files.write(Contents.complete(root, orphan), bytes(3, 10));
    Files.write(Contents.complete(root, small), bytes(2, 10));

    store = Contents.open(root);

    assertThat(Contents.files(root, "blobs")).containsExactly(kept.toString());
    assertAbsent(store, orphan);
    assertHolds(store, small, bytes(2, 10));
  }

  @Test
  void whatIsNotOursIsLeftAlone() throws Exception {
    store.close();
    Path stray = Files.writeString(root.resolve("blobs/sha256/ab/README"), "x");
    Path strayAbove = Files.writeString(root.resolve("blobs/sha256/README"), "x");
    Path strayFill = Files.writeString(root.resolve("fills/README"), "x");
    Path strayFolder = Files.createDirectories(root.resolve("fills/lost+found/x"));

    store = Contents.open(root);

    assertThat(List.of(stray, strayAbove, strayFill, strayFolder)).allMatch(Files::exists);
    assertThat(booked(store)).isZero();
  }

  @Test
  void documentsWhoseWriterDiedAreDeletedAtStart() throws Exception {
    store.close();
    Files.write(root.resolve("fills/document-123"), BODY);

    store = Contents.open(root);

    assertThat(Contents.files(root, "fills")).isEmpty();
  }

  @Test
  void aPartialOfContentThatIsCompleteIsDeletedAtStart() throws Exception {
    Digest digest = fill(store, BODY);
    store.close();
    Files.write(Contents.partial(root, digest), BODY);

    store = Contents.open(root);

    assertThat(Contents.files(root, "fills")).isEmpty();
    assertThat(booked(store)).isEqualTo(BODY.length);
  }

  @Test
  void partialsBeyondTheCapacityAreDroppedAtStartOldestFirst() throws Exception {
    store.close();
    Path older = Contents.partial(root, Digest.sha256(bytes(1, 1)));
    Path newer = Contents.partial(root, Digest.sha256(bytes(2, 1)));
    Files.write(newer, bytes(2, 500_000));
    Files.write(older, bytes(1, 500_000));
    Files.setLastModifiedTime(older, java.nio.file.attribute.FileTime.fromMillis(1_000));

    store = Contents.open(root);

    assertThat(older).doesNotExist();
    assertThat(newer).exists();
    assertThat(booked(store)).isEqualTo(500_000);
  }

  @Test
  void aFolderInUseIsToldApartFromABrokenOne() {
    assertThatThrownBy(() -> Contents.open(root))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(root.toString())
        .hasMessageContaining("in use by another Outcrop");
  }

  @Test
  void aFailedSecondOpenLeavesTheFirstUnharmed() throws Exception {
    PartialBlob running = store.begin(Digest.sha256(BODY));
    running.append(java.nio.ByteBuffer.wrap(BODY));
    assertThatThrownBy(() -> Contents.open(root)).isInstanceOf(StoreException.class);

    running.publish(ContentInfo.Origin.PUBLIC, List.of());
    assertHolds(store, Digest.sha256(BODY), BODY);
  }

  @Test
  void anotherFormatIsRefusedAndTheFolderLetGo() throws Exception {
    setFormat("3");
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> Contents.open(root))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("format 3 (expected: at most 2)");
    }
    setFormat("2");
    store = Contents.open(root);
    assertThat(booked(store)).isZero();
  }

  @Test
  void anEntryThatCannotBeReadIsAClearErrorAndTheFolderIsLetGo() throws Exception {
    store.close();
    try (MetadataStore metadata = MetadataStore.open(root.resolve("db"))) {
      metadata.write(new Batch().put(Table.CONTENT, "nonsense".getBytes(UTF_8), new byte[] {9}));
    }
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> Contents.open(root))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining(root.toString())
          .hasMessageContaining("nonsense");
    }
    try (MetadataStore metadata = MetadataStore.open(root.resolve("db"))) {
      metadata.write(new Batch().delete(Table.CONTENT, "nonsense".getBytes(UTF_8)));
    }
  }

  @Test
  void aBrokenDatabaseIsAClearErrorThatDoesNotBlameAnotherProcess() throws Exception {
    put(store, bytes(1, 10));
    store.close();
    try (var files = Files.newDirectoryStream(root.resolve("db"), "MANIFEST-*")) {
      for (Path file : files) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          channel.write(java.nio.ByteBuffer.wrap(bytes(1, 20)), 10);
        }
      }
    }

    assertThatThrownBy(() -> Contents.open(root))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("cannot be opened")
        .hasMessageNotContaining("in use");
  }

  @Test
  void aPathThatIsAFileIsAClearError() throws Exception {
    Path file = Files.writeString(root.resolve("file"), "x");

    assertThatThrownBy(() -> Contents.open(file))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void aClosedStoreSaysSo() throws Exception {
    Digest old = put(store, bytes(4, 10));
    reopen();
    Digest small = put(store, bytes(1, 10));
    Digest large = fill(store, BODY);
    PartialBlob running = store.begin(Digest.sha256(bytes(3, 10)));
    running.append(java.nio.ByteBuffer.wrap(bytes(3, 10)));
    store.close();
    store.close();

    String closed = "the store is closed";
    // What was read just before may still be in memory.
    assertThatThrownBy(() -> store.bytes(old))
        .isInstanceOf(StoreException.class)
        .hasMessage(closed);
    assertThatThrownBy(() -> put(store, bytes(2, 10))).hasMessage(closed);
    assertThatThrownBy(() -> put(store, bytes(2, 100_000))).hasMessage(closed);
    assertThatThrownBy(() -> store.begin(large)).hasMessage(closed);
    assertThatThrownBy(() -> running.publish(ContentInfo.Origin.PUBLIC, List.of()))
        .hasMessage(closed);
    store.used(small, 1);
    assertThat(store.info(small)).isPresent();
    store = Contents.openUncached(root);
    assertHolds(store, small, bytes(1, 10));
    assertHolds(store, large, BODY);
  }

  @Test
  void aClosedStoreDeletesNothingOfTheOneOpenedAfterIt() throws Exception {
    Digest digest = fill(store, BODY);
    ContentStore old = store;
    PartialBlob late = old.begin(Digest.sha256(bytes(3, 10)));
    old.close();
    store = Contents.open(root);

    assertThatThrownBy(() -> late.reserve(Contents.LARGE_CAPACITY))
        .isInstanceOf(InsufficientSpaceException.class);

    assertHolds(store, digest, BODY);
  }

  private void reopen() throws StoreException {
    store.close();
    store = Contents.openUncached(root);
  }

  private void setFormat(String format) throws StoreException {
    store.close();
    byte[] key = "format".getBytes(UTF_8);
    // Opened as itself first: the format on disk may be one that is refused.
    Path db = root.resolve("db");
    try (org.rocksdb.Options options = new org.rocksdb.Options()) {
      List<byte[]> families = org.rocksdb.RocksDB.listColumnFamilies(options, db.toString());
      List<org.rocksdb.ColumnFamilyDescriptor> descriptors =
          families.stream().map(org.rocksdb.ColumnFamilyDescriptor::new).toList();
      List<org.rocksdb.ColumnFamilyHandle> handles = new java.util.ArrayList<>();
      try (org.rocksdb.DBOptions dbOptions = new org.rocksdb.DBOptions();
          org.rocksdb.RocksDB database =
              org.rocksdb.RocksDB.open(dbOptions, db.toString(), descriptors, handles)) {
        for (org.rocksdb.ColumnFamilyHandle handle : handles) {
          if (new String(handle.getName(), UTF_8).equals("meta")) {
            database.put(handle, key, format.getBytes(UTF_8));
          }
          handle.close();
        }
      }
    } catch (org.rocksdb.RocksDBException e) {
      throw new StoreException("test: " + e.getMessage(), e);
    }
  }

  private List<String> entries() throws StoreException {
    store.close();
    List<String> entries = new java.util.ArrayList<>();
    try (MetadataStore metadata = MetadataStore.open(root.resolve("db"))) {
      metadata.scan(
          Table.CONTENT,
          new byte[0],
          new byte[0],
          (key, value) -> entries.add(new String(key, UTF_8)));
    }
    return entries;
  }
}
