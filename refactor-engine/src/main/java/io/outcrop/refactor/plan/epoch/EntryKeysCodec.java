package io.outcrop.refactor.plan.epoch;

import java.io.ByteArrayOutputStream;

/**
 * Keys as bytes: their number, then the gaps between them in Golomb-Rice code, which is near the
 * least for numbers spread evenly as hashes are. A gap is cut in two: as many low bits as gaps have
 * on average, as they are, and what is above in unary. For a class of a thousand entries that is
 * five bytes a key.
 */
final class EntryKeysCodec {

  private EntryKeysCodec() {}

  private static int lowBits(int count) {
    return EntryKeys.BITS - (Integer.SIZE - 1 - Integer.numberOfLeadingZeros(count));
  }

  static void write(EntryKeys keys, ByteArrayOutputStream out) {
    Numbers.write(out, keys.size());
    int lowBits = lowBits(keys.size());
    BitWriter bits = new BitWriter(out);
    long before = -1;
    for (int i = 0; i < keys.size(); i++) {
      long gap = keys.key(i) - before - 1;
      for (long ones = gap >>> lowBits; ones > 0; ones--) {
        bits.write(1);
      }
      bits.write(0);
      for (int bit = lowBits - 1; bit >= 0; bit--) {
        bits.write((int) (gap >>> bit) & 1);
      }
      before = keys.key(i);
    }
    bits.flush();
  }

  static EntryKeys read(Numbers.Reader in) throws InvalidEpochException {
    int count = in.number("keys", EpochCodec.MOST_BYTES);
    if (count == 0) {
      throw new InvalidEpochException("epoch is damaged: a class without keys");
    }
    int lowBits = lowBits(count);
    // Before room is made for them.
    if ((lowBits + 1L) * count > (long) Byte.SIZE * in.remaining()) {
      throw new InvalidEpochException("epoch ends in a class of " + count + " keys");
    }
    long[] keys = new long[count];
    BitReader bits = new BitReader(in);
    long before = -1;
    for (int i = 0; i < count; i++) {
      long gap = 0;
      while (bits.read() == 1 && gap <= EntryKeys.HIGHEST >>> lowBits) {
        gap++;
      }
      for (int bit = lowBits - 1; bit >= 0; bit--) {
        gap = (gap << 1) | bits.read();
      }
      before += gap + 1;
      keys[i] = before;
    }
    bits.end();
    return EntryKeys.ofAscending(keys);
  }

  /** Fills bytes with bits, the highest first. */
  private static final class BitWriter {
    private final ByteArrayOutputStream out;
    private int partial;
    private int used;

    BitWriter(ByteArrayOutputStream out) {
      this.out = out;
    }

    void write(int bit) {
      partial = (partial << 1) | bit;
      if (++used == Byte.SIZE) {
        out.write(partial);
        used = 0;
      }
    }

    void flush() {
      while (used > 0) {
        write(0);
      }
    }
  }

  /** Takes bits of bytes, the highest first. */
  private static final class BitReader {
    private final Numbers.Reader in;
    private int partial;
    private int left;

    BitReader(Numbers.Reader in) {
      this.in = in;
    }

    int read() throws InvalidEpochException {
      if (left == 0) {
        partial = in.next("keys");
        left = Byte.SIZE;
      }
      left--;
      return (partial >>> left) & 1;
    }

    /** What is left of a byte means nothing, and has to be zeros. */
    void end() throws InvalidEpochException {
      while (left > 0) {
        if (read() != 0) {
          throw new InvalidEpochException("epoch is damaged: bits behind keys");
        }
      }
    }
  }
}
