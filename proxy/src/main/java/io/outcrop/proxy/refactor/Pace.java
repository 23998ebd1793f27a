package io.outcrop.proxy.refactor;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Says when work may go on. Thread-safe. */
interface Pace {

  /** It always may. */
  Pace FULL = () -> {};

  /**
   * Waits until it may.
   *
   * @throws IOException if it never will
   */
  void await() throws IOException;

  /** A stream that is read at this pace. */
  default InputStream over(InputStream stream) {
    return new FilterInputStream(stream) {
      @Override
      public int read() throws IOException {
        await();
        return super.read();
      }

      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        await();
        return super.read(target, offset, length);
      }
    };
  }
}
