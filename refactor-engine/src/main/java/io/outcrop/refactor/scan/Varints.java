package io.outcrop.refactor.scan;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/** Numbers in as few bytes as they need: seven bits a byte, the lowest first. */
final class Varints {

  private static final int BITS = 7;

  private Varints() {}

  static void write(DataOutputStream out, long value) throws IOException {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.writeByte((int) (rest & 0x7f) | 0x80);
      rest >>>= BITS;
    }
    out.writeByte((int) rest);
  }

  static long read(DataInputStream in) throws IOException {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += BITS) {
      int read = in.readUnsignedByte();
      value |= (long) (read & 0x7f) << shift;
      if ((read & 0x80) == 0) {
        return value;
      }
    }
    throw new IOException("a number of more than 64 bits");
  }

  /** A number that is not negative and at most so large. */
  static int read(DataInputStream in, int highest) throws IOException {
    long value = read(in);
    if (value < 0 || value > highest) {
      throw new IOException("number: " + value + " (expected: 0.." + highest + ")");
    }
    return (int) value;
  }

  /** Small negative numbers take as few bytes as small positive ones. */
  static void writeSigned(DataOutputStream out, long value) throws IOException {
    write(out, (value << 1) ^ (value >> (Long.SIZE - 1)));
  }

  static long readSigned(DataInputStream in) throws IOException {
    long value = read(in);
    return (value >>> 1) ^ -(value & 1);
  }
}
