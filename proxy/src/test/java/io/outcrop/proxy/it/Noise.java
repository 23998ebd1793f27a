package io.outcrop.proxy.it;

import java.io.InputStream;
import java.util.Objects;
import java.util.SplittableRandom;

/** Content that does not compress, of any length. */
final class Noise extends InputStream {

  private final SplittableRandom random;
  private long left;

  Noise(long seed, long length) {
    this.random = new SplittableRandom(seed);
    this.left = length;
  }

  @Override
  public int read() {
    if (left == 0) {
      return -1;
    }
    left--;
    return random.nextInt(256);
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (left == 0) {
      return -1;
    }
    byte[] bytes = new byte[(int) Math.min(length, left)];
    random.nextBytes(bytes);
    System.arraycopy(bytes, 0, target, offset, bytes.length);
    left -= bytes.length;
    return bytes.length;
  }
}
