package io.outcrop.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.storage.ContentInfo.Origin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Content made up from seeds, and the usual ways to store it and look at it. */
final class Contents {

  /** A store of this capacity has a small pool of 256 KiB and a large one of 768 KiB. */
  static final long CAPACITY = 1 << 20;

  static final long SMALL_CAPACITY = CAPACITY / 4;
  static final long LARGE_CAPACITY = CAPACITY - SMALL_CAPACITY;

  private static final InstantSource CLOCK = new TickingClock();

  private Contents() {}

  static byte[] bytes(long seed, int size) {
    byte[] bytes = new byte[size];
    new SplittableRandom(seed).nextBytes(bytes);
    return bytes;
  }

  static ContentStore open(Path path) throws StoreException {
    return open(path, CAPACITY);
  }

  static ContentStore open(Path path, long capacity) throws StoreException {
    return ContentStore.open(new StoreOptions(path, capacity, 1 << 20, CLOCK));
  }

  /** Without a heap cache, so that every read reaches the disk. */
  static ContentStore openUncached(Path path) throws StoreException {
    return ContentStore.open(new StoreOptions(path, CAPACITY, 0, CLOCK));
  }

  static Digest put(ContentStore store, byte[] body) throws IOException {
    Digest digest = Digest.sha256(body);
    store.put(digest, body, MediaType.OCI_MANIFEST, Origin.PUBLIC, List.of());
    return digest;
  }

  /** Stores a blob as a fill does that knows the length. */
  static Digest fill(ContentStore store, byte[] body) throws IOException {
    Digest digest = Digest.sha256(body);
    PartialBlob partial = store.begin(digest);
    try {
      partial.reserve(body.length);
      partial.append(ByteBuffer.wrap(body));
      partial.publish(Origin.PUBLIC, List.of());
      return digest;
    } finally {
      partial.discard();
    }
  }

  /** What a client is given: the file, or the bytes of small content. */
  static Optional<byte[]> read(ContentStore store, Digest digest) throws IOException {
    Optional<BlobFile> opened = store.open(digest);
    if (opened.isEmpty()) {
      return store.bytes(digest);
    }
    try (BlobFile file = opened.get()) {
      return Optional.of(read(file));
    }
  }

  static byte[] read(BlobFile file) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate((int) file.channel().size());
    while (buffer.hasRemaining() && file.channel().read(buffer, buffer.position()) >= 0) {
      // Read on.
    }
    return buffer.array();
  }

  static void assertHolds(ContentStore store, Digest digest, byte[] body) throws IOException {
    assertThat(store.info(digest)).map(ContentInfo::size).contains((long) body.length);
    assertThat(read(store, digest).orElseThrow()).isEqualTo(body);
  }

  static void assertAbsent(ContentStore store, Digest digest) throws IOException {
    assertThat(store.info(digest)).isEmpty();
    assertThat(store.isFile(digest)).isFalse();
    assertThat(store.cachedBytes(digest)).isEmpty();
    assertThat(store.bytes(digest)).isEmpty();
    assertThat(store.open(digest)).isEmpty();
  }

  static long booked(ContentStore store) {
    return store.statistics().bookedBytes();
  }

  static Path complete(Path root, Digest digest) {
    return root.resolve("blobs")
        .resolve(digest.algorithm().prefix())
        .resolve(digest.hex().substring(0, 2))
        .resolve(digest.hex());
  }

  static Path partial(Path root, Digest digest) {
    return root.resolve("fills").resolve(digest.algorithm().prefix() + '-' + digest.hex());
  }

  /** Names of all files under {@code blobs} or {@code fills}. */
  static SortedSet<String> files(Path root, String folder) {
    try (Stream<Path> files = Files.walk(root.resolve(folder))) {
      SortedSet<String> names = new TreeSet<>();
      files
          .filter(Files::isRegularFile)
          .forEach(file -> {
            String algorithm = file.getParent().getParent().getFileName().toString();
            String name = file.getFileName().toString();
            names.add(folder.equals("blobs") ? algorithm + ':' + name : name);
          });
      return names;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
