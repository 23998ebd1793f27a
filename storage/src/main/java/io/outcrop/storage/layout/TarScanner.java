package io.outcrop.storage.layout;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * The files in a tar, one after the other, as hostile input: a link, a device, a path that leads
 * elsewhere or a header without end is refused. Not thread-safe.
 */
final class TarScanner {

  private static final int MOST_ENTRIES = 500_000;
  // A header with its extensions, such as a name, which could else be as long as somebody likes.
  private static final long LONGEST_HEADER = 1 << 20;

  private static final int RECORD = 512;

  private final Source source;
  private final String location;
  private int entries;
  private long left;
  private int padding;

  /**
   * @param in where a tar begins; its {@code skip} is used for bytes nobody asks for
   * @param location where that is, for messages
   */
  TarScanner(InputStream in, String location) {
    this.source = new Source(in);
    this.location = location;
  }

  /**
   * A file in a tar.
   *
   * @param path what it is in a layout
   * @param name as it stands there
   * @param size its length in bytes
   * @param offset where its bytes begin
   * @param modified when it was last written, as the tar says
   */
  record Entry(LayoutPath path, String name, long size, long offset, Instant modified) {}

  /** The next file; empty at the end. The bytes of the one before need not have been read. */
  Optional<Entry> next() throws IOException {
    skipRest();
    while (true) {
      TarArchiveEntry entry = header();
      if (entry == null) {
        if (entries == 0) {
          checkUncompressed();
        }
        return Optional.empty();
      }
      entries++;
      if (entries > MOST_ENTRIES) {
        throw new LayoutException(location + ": more than " + MOST_ENTRIES + " files");
      }
      check(entry);
      LayoutPath path = LayoutPath.parse(entry.getName());
      if (!entry.isDirectory()) {
        left = entry.getSize();
        padding = (int) (-left & (RECORD - 1));
        return Optional.of(
            new Entry(
                path,
                entry.getName(),
                left,
                source.position,
                entry.getLastModifiedTime().toInstant()));
      }
    }
  }

  /** The bytes of the file last returned, as long as no other is asked for. */
  InputStream bytes() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        return left == 0 && length > 0 ? -1 : readSome(target, offset, length);
      }
    };
  }

  private int readSome(byte[] target, int offset, int length) throws IOException {
    int count = source.read(target, offset, (int) Math.min(length, left));
    if (count < 0) {
      throw cutOff(new IOException("it ends early"));
    }
    left -= count;
    return count;
  }

  private void skipRest() throws IOException {
    try {
      source.skipNBytes(left + padding);
    } catch (EOFException e) {
      throw cutOff(e);
    }
    left = 0;
    padding = 0;
  }

  /**
   * Reads a header, and no byte behind it. Each with a reader of its own, as such a one would read
   * what it is to skip, and obey headers for all of an archive, which other programs ignore.
   */
  private TarArchiveEntry header() throws IOException {
    source.limit = source.position + LONGEST_HEADER;
    try {
      return new TarArchiveInputStream(source).getNextEntry();
    } catch (IOException | RuntimeException e) {
      // The library throws all sorts at what it does not understand.
      throw notUnderstood(e);
    } finally {
      source.limit = Long.MAX_VALUE;
    }
  }

  private void check(TarArchiveEntry entry) throws IOException {
    if (!entry.isCheckSumOK()) {
      throw notUnderstood(new IOException("a header has a wrong checksum"));
    }
    switch (entry.getLinkFlag()) {
      case TarConstants.LF_NORMAL, TarConstants.LF_OLDNORM, TarConstants.LF_DIR -> {}
      default ->
          throw new LayoutException(
              location
                  + ": "
                  + Shown.of(entry.getName())
                  + " is a link or a device or the like (expected: files and folders only)");
    }
    if (entry.isSparse() || (entry.isDirectory() && entry.getSize() > 0)) {
      throw new LayoutException(location + ": " + Shown.of(entry.getName()) + " is no plain file");
    }
  }

  private LayoutException notUnderstood(Exception cause) throws LayoutException {
    checkUncompressed();
    return entries == 0
        ? new LayoutException(location + ": is no tar: " + shown(cause), cause)
        : cutOff(cause);
  }

  private void checkUncompressed() throws LayoutException {
    if (source.startsWith(0x1f, 0x8b)) {
      throw new LayoutException(location + ": is compressed; unpack it with gunzip first");
    }
    if (source.startsWith(0x28, 0xb5, 0x2f, 0xfd)) {
      throw new LayoutException(location + ": is compressed; unpack it with unzstd first");
    }
  }

  private LayoutException cutOff(Exception cause) {
    return new LayoutException(
        location + ": cut off or damaged at byte " + source.position + ": " + shown(cause), cause);
  }

  private static String shown(Exception cause) {
    return Shown.of(String.valueOf(cause.getMessage()));
  }

  /** Counts bytes, and gives no more of them than a header may have. */
  private static final class Source extends InputStream {
    private final InputStream in;
    private final byte[] first = new byte[4];
    private long position;
    private long limit = Long.MAX_VALUE;

    Source(InputStream in) {
      this.in = in;
    }

    boolean startsWith(int... magic) {
      byte[] expected = new byte[magic.length];
      for (int i = 0; i < magic.length; i++) {
        expected[i] = (byte) magic[i];
      }
      return position >= magic.length
          && Arrays.equals(first, 0, magic.length, expected, 0, magic.length);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int count = in.read(target, offset, bounded(length));
      for (int i = 0; i < count && position + i < first.length; i++) {
        first[(int) position + i] = target[offset + i];
      }
      position += Math.max(0, count);
      return count;
    }

    @Override
    public long skip(long length) throws IOException {
      long skipped = in.skip(length);
      position += skipped;
      return skipped;
    }

    @Override
    public int available() throws IOException {
      return in.available();
    }

    private int bounded(int length) throws IOException {
      if (length > 0 && position >= limit) {
        throw new IOException("a header is longer than " + LONGEST_HEADER + " bytes");
      }
      return (int) Math.min(length, limit - position);
    }
  }
}
