package io.outcrop.refactor.compress;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Counts what is read. */
final class CountingStream extends FilterInputStream {

  private volatile long count;

  CountingStream(InputStream in) {
    super(in);
  }

  /** How much has been read; any thread may ask. */
  long count() {
    return count;
  }

  @Override
  public int read() throws IOException {
    int read = in.read();
    if (read >= 0) {
      added(1);
    }
    return read;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int read = in.read(target, offset, length);
    if (read > 0) {
      added(read);
    }
    return read;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one thread reads; others only look
  private void added(int bytes) {
    count += bytes;
  }
}
