package io.outcrop.storage.layout;

import io.outcrop.oci.Digest;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * Writes a layout as a tar, the index first, so that a reader knows what comes. The same content in
 * the same order gives the same bytes. Not thread-safe.
 *
 * <p>A file grows under its name with {@code .partial} behind it, and has its name when it is
 * finished. A writer that comes after one that was cut passes over what is there already.
 */
public final class TarLayoutWriter implements AutoCloseable {

  private static final int RECORD = 512;
  private static final int BUFFER = 64 << 10;
  private static final int FILE_MODE = 0100644;
  private static final FileTime NO_TIME = FileTime.fromMillis(0);

  private final CutTar cut;
  private final Optional<Target> target;
  private final OutputStream buffer;
  private final TarArchiveOutputStream tar;
  private boolean writing;

  private TarLayoutWriter(OutputStream out, Optional<Target> target, CutTar cut) {
    // Blocks of one record, as where padding ends would else depend on where a writer went on.
    this.buffer = new BufferedOutputStream(out, BUFFER);
    this.tar = new TarArchiveOutputStream(buffer, RECORD);
    this.tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    this.tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    this.target = target;
    this.cut = cut;
  }

  /** Writes to a pipe, which is not closed at the end. */
  public static TarLayoutWriter to(OutputStream pipe) {
    return new TarLayoutWriter(pipe, Optional.empty(), CutTar.none());
  }

  /**
   * Writes a file, or goes on with it where an earlier writer was cut.
   *
   * @param verify whether to check what is there against its digests first, which reads it all
   * @throws LayoutException if another process is writing it
   */
  public static TarLayoutWriter create(Path file, boolean verify) throws IOException {
    Path partial = partial(file);
    FileChannel channel =
        FileChannel.open(
            partial, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      lock(channel, partial);
      CutTar cut = CutTar.read(channel, verify);
      return new TarLayoutWriter(
          Channels.newOutputStream(channel), Optional.of(new Target(file, partial, channel)), cut);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** What a file is called as long as it is not finished. */
  public static Path partial(Path file) {
    return file.resolveSibling(file.getFileName() + ".partial");
  }

  /** The index that an earlier writer began with, if there was one. */
  public Optional<LayoutIndex> earlierIndex() {
    return cut.index();
  }

  /** Bytes that an earlier writer left, whole files or not. */
  public long earlierLength() throws IOException {
    return target.isPresent() ? target.get().channel.size() : 0;
  }

  /** Writes what a layout begins with. */
  public void begin(LayoutIndex index) throws IOException {
    byte[] bytes = index.bytes();
    if (!cut.passes(new LayoutPath.Marker(), Documents.MARKER.length)) {
      write(LayoutPath.MARKER, Documents.MARKER);
    }
    boolean same = cut.index().filter(i -> Arrays.equals(i.bytes(), bytes)).isPresent();
    if (!cut.passes(same ? new LayoutPath.Index() : new LayoutPath.Other(), bytes.length)) {
      write(LayoutPath.INDEX, bytes);
    }
  }

  /** Whether content is there from an earlier writer; if so, it is done with. */
  public boolean isThere(Digest digest, long size) {
    return cut.passes(new LayoutPath.Blob(digest), size);
  }

  /**
   * Writes content.
   *
   * @throws LayoutException if the bytes are not as many or not those that were promised; the tar
   *     then cannot be finished
   */
  public void write(Digest digest, long size, InputStream bytes) throws IOException {
    long start = begin(LayoutPath.of(digest), size);
    MessageDigest hash = digest.algorithm().newMessageDigest();
    byte[] chunk = new byte[BUFFER];
    long left = size;
    while (left > 0) {
      int count = bytes.read(chunk, 0, (int) Math.min(chunk.length, left));
      if (count < 0) {
        throw new LayoutException("content " + digest + ": ended " + left + " bytes early");
      }
      tar.write(chunk, 0, count);
      hash.update(chunk, 0, count);
      left -= count;
    }
    Digest actual = Digest.finish(digest.algorithm(), hash);
    if (!actual.equals(digest)) {
      withdraw(start);
      throw new LayoutException("content " + digest + ": the bytes have the digest " + actual);
    }
    tar.closeArchiveEntry();
  }

  /** Ends the tar, and gives a file its name. */
  public void finish() throws IOException {
    startWriting();
    tar.finish();
    buffer.flush();
    if (target.isPresent()) {
      target.get().channel.force(true);
      Files.move(target.get().partial, target.get().file, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /** Lets go of a file; what was not finished stays for a later writer. */
  @Override
  public void close() throws IOException {
    if (target.isPresent()) {
      try (FileChannel _ = target.get().channel) {
        buffer.flush();
      }
    }
  }

  private void write(String name, byte[] bytes) throws IOException {
    var _ = begin(name, bytes.length);
    tar.write(bytes);
    tar.closeArchiveEntry();
  }

  private long begin(String name, long size) throws IOException {
    startWriting();
    buffer.flush();
    long start = target.isPresent() ? target.get().channel.position() : 0;
    TarArchiveEntry entry = new TarArchiveEntry(name, true);
    entry.setSize(size);
    entry.setMode(FILE_MODE);
    entry.setIds(0, 0);
    entry.setLastModifiedTime(NO_TIME);
    tar.putArchiveEntry(entry);
    return start;
  }

  /**
   * Takes back wrong bytes, which a later writer would else take for right ones by their length.
   */
  private void withdraw(long start) throws IOException {
    buffer.flush();
    if (target.isPresent()) {
      target.get().channel.truncate(start);
    }
  }

  /** Cuts a file behind what was passed over. */
  private void startWriting() throws IOException {
    if (!writing) {
      writing = true;
      if (target.isPresent()) {
        target.get().channel.truncate(cut.end()).position(cut.end());
      }
    }
  }

  private static void lock(FileChannel channel, Path partial) throws IOException {
    boolean free;
    try {
      free = channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      free = false;
    }
    if (!free) {
      throw new LayoutException(partial + ": somebody else is writing it");
    }
  }

  /** A file and what it is called while it grows. */
  private record Target(Path file, Path partial, FileChannel channel) {}
}
