package io.outcrop.refactor.tar;

import io.outcrop.refactor.model.Entry;
import io.outcrop.refactor.model.Node;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Writes an archive of which every byte is determined by its entries: ustar, extended headers only
 * where needed and with their keys in order, neither names of owners nor any time but those of the
 * files, and two blocks of zeros at the end. Not thread-safe.
 *
 * <p>The form never changes, as digests depend on it; a new one would be another writer.
 */
public final class TarWriter {

  /** What ends an archive. */
  public static final int END_BYTES = 2 * TarBlock.BYTES;

  private static final byte[] ZEROS = new byte[END_BYTES];

  private final OutputStream out;
  private final HeaderWriter header = new HeaderWriter();
  private long contentLeft;
  private int padding;

  /**
   * @param out where the archive goes; closed by the caller
   */
  public TarWriter(OutputStream out) {
    this.out = out;
  }

  /**
   * Begins an entry. The content of a regular file has to follow by {@link #write}, all of it.
   *
   * @throws IllegalStateException if the content before is not complete
   * @throws IOException if the archive cannot be written
   */
  public void begin(Entry entry) throws IOException {
    checkComplete();
    header.set(entry);
    out.write(header.bytes(), 0, header.size());
    contentLeft = entry.node() instanceof Node.RegularFile file ? file.length() : 0;
    padding = padding(contentLeft);
  }

  /**
   * Writes content of the entry begun.
   *
   * @throws IllegalStateException if this is more than its length
   * @throws IOException if the archive cannot be written
   */
  public void write(byte[] content, int offset, int length) throws IOException {
    if (length > contentLeft) {
      throw new IllegalStateException(
          "content: " + length + " bytes (expected: <= " + contentLeft + " more)");
    }
    out.write(content, offset, length);
    contentLeft -= length;
    if (contentLeft == 0) {
      out.write(ZEROS, 0, padding);
      padding = 0;
    }
  }

  /**
   * Ends the archive.
   *
   * @throws IllegalStateException if the last content is not complete
   * @throws IOException if the archive cannot be written
   */
  public void finish() throws IOException {
    checkComplete();
    out.write(ZEROS);
  }

  private void checkComplete() {
    if (contentLeft > 0) {
      throw new IllegalStateException("content: " + contentLeft + " bytes are missing");
    }
  }

  private static int padding(long length) {
    return (int) (-length & (TarBlock.BYTES - 1));
  }

  /** How many bytes an entry takes in an archive, content and padding included. */
  public static long size(Entry entry) {
    HeaderWriter header = new HeaderWriter();
    header.set(entry);
    long length = entry.node() instanceof Node.RegularFile file ? file.length() : 0;
    return header.size() + length + padding(length);
  }
}
