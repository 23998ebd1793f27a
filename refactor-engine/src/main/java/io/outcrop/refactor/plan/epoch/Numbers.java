package io.outcrop.refactor.plan.epoch;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** Numbers that are not negative as bytes: seven bits each, the lowest first. */
final class Numbers {

  private static final int BITS = 7;

  private Numbers() {}

  static void write(ByteArrayOutputStream out, long number) {
    long rest = number;
    while (rest > 0x7f) {
      out.write((int) (rest & 0x7f) | 0x80);
      rest >>>= BITS;
    }
    out.write((int) rest);
  }

  /** Reads bytes of whatever origin. */
  static final class Reader {

    private final byte[] bytes;
    private int at;

    Reader(byte[] bytes) {
      this.bytes = bytes;
    }

    int remaining() {
      return bytes.length - at;
    }

    byte[] bytes(String what, int length) throws InvalidEpochException {
      if (length > remaining()) {
        throw new InvalidEpochException(
            "epoch ends in " + what + ": " + remaining() + " bytes (expected: " + length + ")");
      }
      at += length;
      return Arrays.copyOfRange(bytes, at - length, at);
    }

    byte next(String what) throws InvalidEpochException {
      if (at == bytes.length) {
        throw new InvalidEpochException("epoch ends in " + what);
      }
      return bytes[at++];
    }

    long number(String what) throws InvalidEpochException {
      long number = 0;
      for (int shift = 0; shift < Long.SIZE - 1 && at < bytes.length; shift += BITS) {
        byte read = bytes[at++];
        number |= (long) (read & 0x7f) << shift;
        if (read >= 0) {
          return number;
        }
      }
      throw new InvalidEpochException("epoch ends in " + what + ", or that is too large");
    }

    int number(String what, int highest) throws InvalidEpochException {
      long number = number(what);
      if (number > highest) {
        throw new InvalidEpochException(
            "epoch is damaged: " + what + ": " + number + " (expected: <= " + highest + ")");
      }
      return (int) number;
    }

    void end() throws InvalidEpochException {
      if (remaining() > 0) {
        throw new InvalidEpochException("epoch has " + remaining() + " bytes too many");
      }
    }
  }
}
