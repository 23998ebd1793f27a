package io.outcrop.storage.layout;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Digest.Algorithm;
import io.outcrop.storage.layout.Incoming.Growing;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * An OCI image layout in a folder. Whatever is written appears whole or not at all, and the index
 * names only what is durable, so that a cut leaves what was complete before. Thread-safe, also
 * against other processes that write with this class.
 */
public final class OciLayout implements LayoutReader {

  private static final int CHUNK = 256 << 10;
  private static final ReentrantLock UPDATING = new ReentrantLock();

  private final Path folder;
  private final Incoming incoming;

  private OciLayout(Path folder) {
    this.folder = folder;
    this.incoming = new Incoming(folder);
  }

  /**
   * Opens a layout that is there.
   *
   * @throws LayoutException if it is none
   */
  public static OciLayout open(Path folder) throws IOException {
    try (InputStream in = Files.newInputStream(folder.resolve(LayoutPath.MARKER))) {
      Documents.checkMarker(Documents.bounded(in, LayoutPath.MARKER), folder.toString());
    } catch (NoSuchFileException e) {
      throw new LayoutException(
          folder + ": no OCI image layout, as it has no file " + LayoutPath.MARKER, e);
    }
    return new OciLayout(folder.toRealPath());
  }

  /**
   * Opens a layout, or makes an empty one in a folder that is absent or empty.
   *
   * @throws LayoutException if there is something else
   */
  public static OciLayout create(Path folder) throws IOException {
    Files.createDirectories(folder);
    if (!Files.exists(folder.resolve(LayoutPath.MARKER))) {
      checkEmpty(folder);
      OciLayout made = new OciLayout(folder.toRealPath());
      // The marker last: with it, the folder is a layout.
      made.replace(LayoutPath.INDEX, LayoutIndex.empty().bytes());
      made.replace(LayoutPath.MARKER, Documents.MARKER);
      sync(made.folder);
    }
    return open(folder);
  }

  private static void checkEmpty(Path folder) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        switch (file.getFileName().toString()) {
          // What making one leaves when it is cut.
          case Incoming.NAME, LayoutPath.INDEX -> {}
          default ->
              throw new LayoutException(
                  folder + ": neither empty nor an OCI image layout; name a folder of its own");
        }
      }
    }
  }

  @Override
  public LayoutIndex index() throws IOException {
    try (InputStream in = Files.newInputStream(folder.resolve(LayoutPath.INDEX))) {
      return LayoutIndex.parse(Documents.bounded(in, LayoutPath.INDEX));
    } catch (NoSuchFileException e) {
      throw new LayoutException(folder + ": has no file " + LayoutPath.INDEX, e);
    }
  }

  @Override
  public Instant modified() throws IOException {
    return Files.getLastModifiedTime(folder.resolve(LayoutPath.INDEX)).toInstant();
  }

  @Override
  public OptionalLong size(Digest digest) throws IOException {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(path(digest), BasicFileAttributes.class);
      // What is no file, such as a pipe, could hold its reader for ever.
      return attributes.isRegularFile() ? OptionalLong.of(attributes.size()) : OptionalLong.empty();
    } catch (NoSuchFileException e) {
      return OptionalLong.empty();
    }
  }

  @Override
  public InputStream open(Digest digest) throws IOException {
    if (size(digest).isEmpty()) {
      throw new LayoutException(folder + ": has no content " + digest);
    }
    return Files.newInputStream(path(digest));
  }

  @Override
  public String location() {
    return folder.toString();
  }

  /** Whether the bytes of some content are what its digest says. Reads them all. */
  public boolean isIntact(Digest digest) throws IOException {
    MessageDigest hash = digest.algorithm().newMessageDigest();
    byte[] chunk = new byte[CHUNK];
    try (InputStream in = open(digest)) {
      for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
        hash.update(chunk, 0, count);
      }
    }
    return Digest.finish(digest.algorithm(), hash).equals(digest);
  }

  /** Begins to write some content, or goes on where an earlier writer was cut. */
  public LayoutBlobWriter write(Digest digest) throws IOException {
    Optional<Growing> growing = incoming.resume(digest);
    return writer(growing.isPresent() ? growing.get() : incoming.aside(), Optional.of(digest));
  }

  /** Begins to write content whose SHA-256 digest will only be known at its end. */
  public LayoutBlobWriter write() throws IOException {
    return writer(incoming.aside(), Optional.empty());
  }

  /** Changes the index; others who do so wait. */
  public void update(IndexChange change) throws IOException {
    UPDATING.lock();
    // The marker is never replaced, as the index is, and so can be locked.
    try (FileChannel marker =
            FileChannel.open(folder.resolve(LayoutPath.MARKER), StandardOpenOption.WRITE);
        @Nullable FileLock _ = lock(marker)) {
      for (Algorithm algorithm : Algorithm.values()) {
        sync(folder.resolve(LayoutPath.BLOBS).resolve(algorithm.prefix()));
      }
      replace(LayoutPath.INDEX, change.apply(index()).bytes());
      sync(folder);
    } finally {
      UPDATING.unlock();
    }
  }

  /** Tidies up behind writers that have ended. */
  @Override
  public void close() throws IOException {
    incoming.tidy();
  }

  void publish(Path synced, Digest digest) throws IOException {
    Path target = path(digest);
    Files.createDirectories(target.getParent());
    Files.move(synced, target, StandardCopyOption.ATOMIC_MOVE);
  }

  private LayoutBlobWriter writer(Growing growing, Optional<Digest> digest) throws IOException {
    try {
      return new LayoutBlobWriter(this, growing, digest);
    } catch (IOException | RuntimeException e) {
      growing.close();
      throw e;
    }
  }

  private void replace(String name, byte[] bytes) throws IOException {
    try (Growing growing = incoming.aside()) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        growing.channel().write(buffer);
      }
      growing.channel().force(true);
      Files.move(growing.file(), folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private Path path(Digest digest) {
    return folder.resolve(LayoutPath.of(digest));
  }

  private static @Nullable FileLock lock(FileChannel channel) {
    try {
      return channel.lock();
    } catch (IOException e) {
      return null; // Some network file systems have no locks; there, one process has to do.
    }
  }

  /** Makes the names in a folder durable. */
  private static void sync(Path names) throws IOException {
    try (FileChannel channel = FileChannel.open(names, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (NoSuchFileException e) {
      // No name is in it.
    }
  }
}
