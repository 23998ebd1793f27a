package io.outcrop.refactor.tar;

import io.outcrop.refactor.model.ByteString;
import io.outcrop.refactor.model.Limits;
import io.outcrop.refactor.model.Reason;
import io.outcrop.refactor.model.RefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Reads an archive as a stream, entry by entry: v7, ustar, GNU (long names, binary numbers, old
 * sparse files) and PAX (extended headers, sparse files 0.0, 0.1 and 1.0). Not thread-safe.
 *
 * <p>An archive ends with two blocks of zeros, or where the stream ends between two entries. What
 * follows the two blocks means nothing, as to container engines.
 */
public final class TarReader {

  private final TarStream in;
  private final Limits limits;
  private final TarBlock block = new TarBlock();
  private final EntryContent content;
  private int headers;
  private boolean ended;

  /**
   * @param in the unpacked archive, which is not closed here
   * @param limits beyond which the archive is refused
   */
  public TarReader(InputStream in, Limits limits) {
    this.in = new TarStream(in);
    this.limits = limits;
    this.content = new EntryContent(this.in);
  }

  /**
   * Goes on to the next entry, past what has not been read of the one before.
   *
   * @return empty at the end of the archive
   * @throws RefusedException if this is no archive, breaks the rules, ends early or exceeds a limit
   * @throws IOException if the stream cannot be read
   */
  public Optional<TarEntry> next() throws IOException {
    Extensions extensions = new Extensions(limits);
    while (!ended) {
      content.skip();
      if (!readBlock()) {
        ended = true;
        break;
      }
      if (++headers > 4L * limits.maxEntries()) {
        throw new RefusedException(
            Reason.TOO_MANY_ENTRIES, "more than " + 4L * limits.maxEntries() + " headers");
      }
      RawHeader header = RawHeader.read(block);
      if (header.size() < 0 && TarEntry.hasContent(header.type())) {
        throw TarBlock.invalid("a negative size");
      }
      switch (header.type()) {
        case TarEntry.PAX_HEADER -> extensions.pax(special(header, extensions));
        // Go hands this one out like an entry, so that what came before applies to it.
        case TarEntry.PAX_GLOBAL_HEADER -> {
          PaxRecords.parse(special(header, extensions));
          extensions = new Extensions(limits);
        }
        case TarEntry.GNU_LONG_NAME -> extensions.longName(special(header, extensions));
        case TarEntry.GNU_LONG_LINK -> extensions.longLink(special(header, extensions));
        default -> {
          return Optional.of(entry(header, extensions));
        }
      }
    }
    return Optional.empty();
  }

  /** Reads a header's block; false at the end of the archive. */
  private boolean readBlock() throws IOException {
    if (!in.readBlockOrEnd(block)) {
      return false;
    }
    if (block.isZero()) {
      if (in.readBlockOrEnd(block) && !block.isZero()) {
        throw new RefusedException(
            Reason.INVALID_ARCHIVE, "one block of zeros at " + (in.position() - 1024));
      }
      return false;
    }
    if (!block.isChecksumValid()) {
      throw new RefusedException(
          Reason.INVALID_ARCHIVE,
          "no tar header at " + (in.position() - TarBlock.BYTES) + ": its checksum is wrong");
    }
    return true;
  }

  private byte[] special(RawHeader header, Extensions extensions) throws IOException {
    extensions.expect(header.size());
    content.dense(header.size());
    byte[] bytes = new byte[(int) header.size()];
    in.readFully(bytes, 0, bytes.length);
    content.consumed(bytes.length);
    return bytes;
  }

  private TarEntry entry(RawHeader header, Extensions extensions) throws IOException {
    PaxRecords pax = extensions.pax();
    ByteString name = extensions.longName().or(() -> pax.value("path")).orElse(header.name());
    ByteString link =
        extensions.longLink().or(() -> pax.value("linkpath")).orElse(header.linkName());
    byte type = header.type();
    if (type == TarEntry.OLD_REGULAR) {
      boolean directory = !name.isEmpty() && name.at(name.length() - 1) == '/';
      type = directory ? TarEntry.DIRECTORY : TarEntry.REGULAR;
    }
    long size = pax.number("size", header.size());
    long stored = TarEntry.hasContent(type) ? size : 0;
    if (stored < 0) {
      throw TarBlock.invalid("a negative size");
    }
    content.dense(stored);
    boolean sparse = false;
    if (type == TarEntry.GNU_SPARSE) {
      size = OldGnuSparse.read(in, block, content);
      type = TarEntry.REGULAR;
      sparse = true;
    } else if (PaxSparse.isSparse(pax)) {
      if (!TarEntry.hasContent(type)) {
        throw TarBlock.invalid("a sparse file of a type without content");
      }
      size = pax.number("GNU.sparse.size", pax.number("GNU.sparse.realsize", size));
      name = pax.value("GNU.sparse.name").orElse(name);
      PaxSparse.read(pax, in, content, size);
      sparse = true;
    }
    if (size > limits.maxFileBytes() && TarEntry.hasContent(type)) {
      throw new RefusedException(
          Reason.FILE_TOO_LARGE,
          name + " has " + size + " bytes (expected: <= " + limits.maxFileBytes() + ")");
    }
    PaxTime time =
        pax.text("mtime").isPresent()
            ? PaxTime.parse(pax.text("mtime").orElseThrow())
            : new PaxTime(header.seconds(), 0);
    return new TarEntry(
        name,
        type,
        link,
        TarEntry.hasContent(type) ? size : 0,
        header.mode(),
        pax.number("uid", header.uid()),
        pax.number("gid", header.gid()),
        time.seconds(),
        time.nanos(),
        header.deviceMajor(),
        header.deviceMinor(),
        pax.xattrs(),
        in.position(),
        sparse);
  }

  /**
   * Reads content of the entry, holes as zeros.
   *
   * @return how many bytes, at least 1 unless the length is 0; -1 at the end of the content
   * @throws RefusedException if the archive ends first
   */
  public int read(byte[] target, int offset, int length) throws IOException {
    return content.read(target, offset, length);
  }

  /** The content of the entry as a stream, which ends with it and is read through this reader. */
  public InputStream content() {
    return new InputStream() {
      private final byte[] one = new byte[1];

      @Override
      public int read() throws IOException {
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
      }

      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        return content.read(target, offset, length);
      }
    };
  }

  /** How far the archive has been read, in bytes. */
  public long position() {
    return in.position();
  }
}
