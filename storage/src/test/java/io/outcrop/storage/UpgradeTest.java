package io.outcrop.storage;

import static io.outcrop.storage.Contents.assertHolds;
import static io.outcrop.storage.Contents.bytes;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.oci.Repository;
import io.outcrop.storage.cache.SegmentName;
import io.outcrop.storage.cache.StackState;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** A store as the first version left it. */
final class UpgradeTest {

  private static final byte[] LAYER = bytes(1, 100_000);
  private static final byte[] PRIVATE_LAYER = bytes(2, 200_000);
  private static final byte[] SMALL = bytes(3, 100);
  private static final Repository REPOSITORY = Repository.of("docker.io", "library/alpine");

  @TempDir Path root;

  @Test
  void keepsAllItsContentAndKnowsItsImages() throws Exception {
    byte[] manifest =
        """
        {"schemaVersion":2,"config":{"mediaType":"a/b","digest":"%s","size":100},
        "layers":[{"mediaType":"a/b","digest":"%s","size":100000}]}\
        """
            .formatted(Digest.sha256(SMALL), Digest.sha256(LAYER))
            .getBytes(UTF_8);
    makeFormat1(manifest);

    for (int start = 0; start < 2; start++) {
      try (ContentStore store = Contents.open(root)) {
        assertHolds(store, Digest.sha256(LAYER), LAYER);
        assertHolds(store, Digest.sha256(PRIVATE_LAYER), PRIVATE_LAYER);
        assertHolds(store, Digest.sha256(SMALL), SMALL);
        assertHolds(store, Digest.sha256(manifest), manifest);
        assertThat(store.statistics().residentCount()).isEqualTo(4);
        assertThat(store.statistics().damaged()).isZero();
        assertThat(store.info(Digest.sha256(PRIVATE_LAYER)).orElseThrow().origin())
            .isEqualTo(ContentInfo.Origin.PRIVATE);
        assertThat(store.info(Digest.sha256(manifest)).orElseThrow().mediaType())
            .contains(MediaType.OCI_MANIFEST);
        assertThat(store.directory().link(REPOSITORY, Digest.sha256(LAYER)))
            .isEqualTo(LinkState.PROVEN);
        Explanation layer = store.explain(Digest.sha256(LAYER)).orElseThrow();
        assertThat(layer.standing().orElseThrow().list()).isEqualTo(SegmentName.PROBATION);
        assertThat(layer.standing().orElseThrow().lastAccessMillis()).isEqualTo(2_000);
        assertThat(layer.standing().orElseThrow().stackState()).isEqualTo(StackState.COMPLETE);
        assertThat(store.journal().epoch()).isEqualTo(start + 1);
      }
    }
  }

  @Test
  void evictsAsThatVersionWouldHave_whatWasNotUsedForLongest() throws Exception {
    makeFormat1(bytes(9, 10));
    try (ContentStore store = Contents.open(root)) {
      // 300 kB are there, 786 kB is all the room.
      Contents.fill(store, bytes(5, 500_000));

      assertThat(store.info(Digest.sha256(PRIVATE_LAYER))).isEmpty();
      assertHolds(store, Digest.sha256(LAYER), LAYER);
    }
  }

  /** The column families, keys and values that the first version wrote. */
  private void makeFormat1(byte[] manifest) throws Exception {
    Path db = Files.createDirectories(root.resolve("db"));
    List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
    for (String name : List.of("default", "blob", "body", "tag", "link", "meta")) {
      descriptors.add(new ColumnFamilyDescriptor(name.getBytes(UTF_8)));
    }
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    try (DBOptions options =
            new DBOptions().setCreateIfMissing(true).setCreateMissingColumnFamilies(true);
        RocksDB database = RocksDB.open(options, db.toString(), descriptors, handles)) {
      ColumnFamilyHandle blob = handles.get(1);
      ColumnFamilyHandle body = handles.get(2);
      put(database, blob, LAYER, row(0, LAYER.length, 2_000, ""));
      put(database, blob, PRIVATE_LAYER, row(2, PRIVATE_LAYER.length, 1_000, ""));
      put(database, blob, SMALL, row(1, SMALL.length, 3_000, ""));
      put(database, blob, manifest, row(1, manifest.length, 4_000, MediaType.OCI_MANIFEST.value()));
      put(database, body, SMALL, SMALL);
      put(database, body, manifest, manifest);
      database.put(
          handles.get(4),
          ("docker.io/library/alpine\0" + Digest.sha256(LAYER)).getBytes(UTF_8),
          new byte[] {2});
      database.put(handles.get(5), "format".getBytes(UTF_8), "1".getBytes(UTF_8));
      handles.forEach(ColumnFamilyHandle::close);
    }
    for (byte[] layer : List.of(LAYER, PRIVATE_LAYER)) {
      Path file = Contents.complete(root, Digest.sha256(layer));
      Files.createDirectories(file.getParent());
      Files.write(file, layer);
    }
  }

  private static void put(RocksDB database, ColumnFamilyHandle table, byte[] content, byte[] value)
      throws RocksDBException {
    database.put(table, Digest.sha256(content).toString().getBytes(UTF_8), value);
  }

  private static byte[] row(int flags, long size, long lastAccess, String type) {
    return ByteBuffer.allocate(18 + type.length())
        .put((byte) 1)
        .put((byte) flags)
        .putLong(size)
        .putLong(lastAccess)
        .put(type.getBytes(UTF_8))
        .array();
  }
}
