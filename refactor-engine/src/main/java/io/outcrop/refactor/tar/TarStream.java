package io.outcrop.refactor.tar;

import io.outcrop.refactor.model.Reason;
import io.outcrop.refactor.model.RefusedException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** The bytes of an archive, counted. */
final class TarStream {

  private final InputStream in;
  private final byte[] skipped = new byte[1 << 15];
  private long position;

  TarStream(InputStream in) {
    this.in = in;
  }

  long position() {
    return position;
  }

  /** Reads a block; false if the stream has ended right before it. */
  boolean readBlockOrEnd(TarBlock block) throws IOException {
    int read = in.readNBytes(block.bytes, 0, TarBlock.BYTES);
    position += read;
    if (read > 0 && read < TarBlock.BYTES) {
      throw truncated();
    }
    return read > 0;
  }

  void readFully(byte[] target, int offset, int length) throws IOException {
    int read = in.readNBytes(target, offset, length);
    position += read;
    if (read < length) {
      throw truncated();
    }
  }

  int read(byte[] target, int offset, int length) throws IOException {
    int read = in.read(target, offset, length);
    if (read < 0) {
      throw truncated();
    }
    position += read;
    return read;
  }

  void skip(long length) throws IOException {
    long left = length;
    while (left > 0) {
      left -= read(skipped, 0, (int) Math.min(left, skipped.length));
    }
  }

  /** Skips up to a few bytes, fewer if the stream ends. */
  void skipOrEnd(int length) throws IOException {
    position += in.readNBytes(skipped, 0, length);
  }

  private RefusedException truncated() {
    return new RefusedException(
        Reason.TRUNCATED, "the archive ends early, at " + position, new EOFException());
  }
}
