package io.outcrop.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.outcrop.oci.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** Does to the folder of a store what disks and people do. */
final class StoreSurgeon {

  private final Path root;

  /**
   * @param root folder of the store
   */
  StoreSurgeon(Path root) {
    this.root = root;
  }

  /** Where a blob is. */
  Path file(Digest digest) {
    return root.resolve("blobs")
        .resolve(digest.algorithm().prefix())
        .resolve(digest.hex().substring(0, 2))
        .resolve(digest.hex());
  }

  /** Changes one bit of a blob, and nothing else that could be seen. */
  void flip(Digest digest, long offset) throws IOException {
    try (FileChannel file =
        FileChannel.open(file(digest), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      file.read(one, offset);
      one.put(0, (byte) (one.get(0) ^ 0x10));
      file.write(one.flip(), offset);
    }
  }

  void delete(Digest digest) throws IOException {
    Files.delete(file(digest));
  }

  void truncate(Digest digest, long length) throws IOException {
    try (FileChannel file = FileChannel.open(file(digest), StandardOpenOption.WRITE)) {
      file.truncate(length);
    }
  }

  void replaceByFolder(Digest digest) throws IOException {
    delete(digest);
    Files.createDirectories(file(digest).resolve("what"));
    Files.writeString(file(digest).resolve("what/ever"), "x");
  }

  /** Removes the bytes of small content from the database of a store that is closed. */
  void deleteBody(Digest digest) throws IOException {
    inBodies((database, family) -> database.delete(family, digest.toString().getBytes(UTF_8)));
  }

  /** Sets the bytes of small content in the database of a store that is closed. */
  void setBody(Digest digest, byte[] body) throws IOException {
    inBodies((database, family) -> database.put(family, digest.toString().getBytes(UTF_8), body));
  }

  private interface Operation {
    void run(RocksDB database, ColumnFamilyHandle family) throws RocksDBException;
  }

  private void inBodies(Operation operation) throws IOException {
    String path = root.resolve("db").toString();
    try (Options listing = new Options();
        DBOptions options = new DBOptions()) {
      List<ColumnFamilyDescriptor> descriptors =
          RocksDB.listColumnFamilies(listing, path).stream()
              .map(ColumnFamilyDescriptor::new)
              .toList();
      List<ColumnFamilyHandle> handles = new ArrayList<>();
      try (RocksDB database = RocksDB.open(options, path, descriptors, handles)) {
        for (ColumnFamilyHandle handle : handles) {
          if (new String(handle.getName(), UTF_8).equals("body")) {
            operation.run(database, handle);
          }
        }
        handles.forEach(ColumnFamilyHandle::close);
      }
    } catch (RocksDBException e) {
      throw new IOException(e);
    }
  }
}
