package io.outcrop.refactor.scan;

import java.security.SecureRandom;

/**
 * A hash of names that nobody outside can steer into collisions: a polynomial over the bytes,
 * modulo the prime 2^61-1, at a point that is drawn anew by every process. Two different names of
 * length n collide with a probability of n/2^61 whoever chose them (Carter and Wegman, 1979).
 */
public final class NameHash {

  private static final long PRIME = (1L << 61) - 1;
  private static final long POINT = 256 + (new SecureRandom().nextLong() >>> 4) % (PRIME - 256);
  private static final long SPREAD = new SecureRandom().nextLong() | 1;

  private NameHash() {}

  /** The hash of a name. */
  static long of(byte[] bytes, int offset, int length) {
    long hash = length + 1L;
    for (int i = offset; i < offset + length; i++) {
      hash = multiply(hash, POINT) + Byte.toUnsignedInt(bytes[i]) + 1;
    }
    return hash;
  }

  private static long multiply(long a, long b) {
    long high = Math.multiplyHigh(a, b);
    long low = a * b;
    // a*b = high * 2^64 + low, and 2^61 = 1 modulo the prime.
    long sum = (low & PRIME) + ((low >>> 61) | (high << 3));
    return sum >= PRIME ? sum - PRIME : sum;
  }

  /**
   * A place in a table for a name within a directory.
   *
   * @param directory a number of the directory
   * @param nameHash the hash of the name
   * @param bits the logarithm of the size of the table, 1 to 31
   */
  public static int slot(int directory, long nameHash, int bits) {
    return (int) (((nameHash + directory * SPREAD) * SPREAD) >>> (Long.SIZE - bits));
  }
}
