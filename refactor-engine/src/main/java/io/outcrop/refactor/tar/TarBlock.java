package io.outcrop.refactor.tar;

import io.outcrop.refactor.model.ByteString;
import io.outcrop.refactor.model.Reason;
import io.outcrop.refactor.model.RefusedException;
import java.util.Arrays;

/** The 512 bytes of a header, and how its fields are read. Reused; not thread-safe. */
final class TarBlock {

  static final int BYTES = 512;

  /** The dialects that matter for what the fields mean. */
  enum Dialect {
    /** No magic: neither devices nor a prefix. */
    V7,
    /** POSIX, with or without extended headers. */
    USTAR,
    /** Schily's tar, with a shorter prefix. */
    STAR,
    /** GNU, without a prefix. */
    GNU
  }

  private static final int CHECKSUM = 148;
  private static final int MAGIC = 257;
  private static final byte[] MAGIC_POSIX = {'u', 's', 't', 'a', 'r', 0};
  private static final byte[] MAGIC_GNU = {'u', 's', 't', 'a', 'r', ' ', ' ', 0};
  private static final int TRAILER = 508;
  private static final byte[] TRAILER_STAR = {'t', 'a', 'r', 0};

  final byte[] bytes = new byte[BYTES];

  boolean isZero() {
    for (byte b : bytes) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  /** Some old programs summed signed bytes; both sums are accepted. */
  boolean isChecksumValid() {
    long unsigned = 0;
    long signed = 0;
    for (int i = 0; i < BYTES; i++) {
      byte b = i >= CHECKSUM && i < CHECKSUM + 8 ? (byte) ' ' : bytes[i];
      unsigned += Byte.toUnsignedInt(b);
      signed += b;
    }
    try {
      long stated = octal(CHECKSUM, 8);
      return stated == unsigned || stated == signed;
    } catch (RefusedException e) {
      return false;
    }
  }

  Dialect dialect() {
    if (has(MAGIC, MAGIC_POSIX)) {
      return has(TRAILER, TRAILER_STAR) ? Dialect.STAR : Dialect.USTAR;
    }
    return has(MAGIC, MAGIC_GNU) ? Dialect.GNU : Dialect.V7;
  }

  private boolean has(int offset, byte[] expected) {
    return Arrays.equals(bytes, offset, offset + expected.length, expected, 0, expected.length);
  }

  byte at(int offset) {
    return bytes[offset];
  }

  /** A field up to its first NUL. */
  ByteString string(int offset, int length) {
    return ByteString.of(bytes, offset, lengthToNul(bytes, offset, length));
  }

  static int lengthToNul(byte[] bytes, int offset, int length) {
    int end = offset;
    while (end < offset + length && bytes[end] != 0) {
      end++;
    }
    return end - offset;
  }

  /**
   * A number, octal or, where the first bit is set, binary in two's complement.
   *
   * @throws RefusedException if it is neither, or has more than 63 bits
   */
  long number(int offset, int length) throws RefusedException {
    return bytes[offset] < 0 ? binary(offset, length) : octal(offset, length);
  }

  private long binary(int offset, int length) throws RefusedException {
    boolean negative = (bytes[offset] & 0x40) != 0;
    int flip = negative ? 0xff : 0;
    long value = 0;
    for (int i = 0; i < length; i++) {
      int digit = (bytes[offset + i] ^ flip) & (i == 0 ? 0x7f : 0xff);
      if (value >>> (Long.SIZE - 1 - Byte.SIZE) != 0) {
        throw invalid("a number of more than 63 bits");
      }
      value = (value << Byte.SIZE) | digit;
    }
    return negative ? ~value : value;
  }

  private long octal(int offset, int length) throws RefusedException {
    int start = offset;
    int end = offset + length;
    while (start < end && isPadding(bytes[start])) {
      start++;
    }
    while (start < end && isPadding(bytes[end - 1])) {
      end--;
    }
    end = start + lengthToNul(bytes, start, end - start);
    long value = 0;
    for (int i = start; i < end; i++) {
      int digit = bytes[i] - '0';
      if (digit < 0 || digit > 7 || value >>> (Long.SIZE - 3) != 0) {
        throw invalid("a field that is no number");
      }
      value = (value << 3) | digit;
    }
    return value;
  }

  private static boolean isPadding(byte b) {
    return b == ' ' || b == 0;
  }

  static RefusedException invalid(String what) {
    return new RefusedException(Reason.INVALID_ARCHIVE, "a header has " + what);
  }
}
