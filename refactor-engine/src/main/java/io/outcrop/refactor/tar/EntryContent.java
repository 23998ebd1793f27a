package io.outcrop.refactor.tar;

import java.io.IOException;
import java.util.Arrays;

/** The content of the entry that a reader is at: what is stored of it, and its holes. */
final class EntryContent {

  private final TarStream in;
  private SparseMap parts = new SparseMap();
  private boolean sparse;
  private long length;
  private long at;
  private int part;
  private long storedLeft;
  private int padding;

  EntryContent(TarStream in) {
    this.in = in;
  }

  /** Begins content that is stored as it is. */
  void dense(long stored) {
    sparse = false;
    length = stored;
    at = 0;
    storedLeft = stored;
    padding = (int) (-stored & (TarBlock.BYTES - 1));
  }

  /** Says that what is stored is parts of a longer file. */
  void sparse(SparseMap map, long fileLength) throws IOException {
    map.check(fileLength, storedLeft);
    sparse = true;
    parts = map;
    part = 0;
    at = 0;
    length = fileLength;
  }

  /** Says that bytes of what is stored have been read from the stream directly. */
  void consumed(int bytes) {
    storedLeft -= bytes;
    at += bytes;
  }

  long storedLeft() {
    return storedLeft;
  }

  /** Goes past what is left of the content, to the next header. */
  void skip() throws IOException {
    in.skip(storedLeft);
    in.skipOrEnd(padding);
    storedLeft = 0;
    padding = 0;
    length = 0;
    at = 0;
    sparse = false;
  }

  int read(byte[] target, int offset, int wanted) throws IOException {
    if (wanted == 0) {
      return 0;
    }
    if (at >= length) {
      return -1;
    }
    int most = (int) Math.min(wanted, length - at);
    if (!sparse) {
      return stored(target, offset, most);
    }
    while (part < parts.size() && parts.offset(part) + parts.length(part) <= at) {
      part++;
    }
    long nextPart = part < parts.size() ? parts.offset(part) : length;
    if (at < nextPart) {
      int zeros = (int) Math.min(most, nextPart - at);
      Arrays.fill(target, offset, offset + zeros, (byte) 0);
      at += zeros;
      return zeros;
    }
    return stored(target, offset, (int) Math.min(most, nextPart + parts.length(part) - at));
  }

  private int stored(byte[] target, int offset, int most) throws IOException {
    int read = in.read(target, offset, most);
    storedLeft -= read;
    at += read;
    return read;
  }
}
