package io.outcrop.refactor.tar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Damages archives where it hurts: in fields of headers, whose checksums are mended most times. */
public final class TarMutator {

  private static final int[] FIELDS = {
    0, 100, 108, 116, 124, 136, 156, 157, 257, 263, 329, 337, 345, 357, 386, 398, 410, 482, 483, 508
  };
  private static final List<String> VALUES =
      List.of(
          "",
          "0",
          "7777777",
          "00000000010\0",
          "00000001000\0",
          "-1",
          "\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff",
          "\u0080\0\0\0\0\0\0\u0001",
          "\u0080\0\0\0\0\0\0\0\0\0\u0002\0",
          "   12 \0",
          "9",
          "a",
          "/",
          "../x",
          "ustar\00000",
          "ustar  \0",
          "\u0001\u0001\u0001\u0001\u0001\u0001\u0001\u0001\u0001\u0001\u0001\u0001");
  private static final String TYPES = "\0\u00000123456789gxLKSVMNDAX";

  private TarMutator() {}

  /** An archive with up to four changes. */
  public static byte[] mutate(byte[] archive, Random random) {
    byte[] mutated = archive.clone();
    for (int i = random.nextInt(4); i >= 0; i--) {
      mutated =
          switch (random.nextInt(6)) {
            case 0, 1, 2 -> field(mutated, random);
            case 3 -> anyByte(mutated, random);
            case 4 -> blocks(mutated, random);
            default ->
                random.nextInt(4) == 0
                    ? Arrays.copyOf(mutated, random.nextInt(mutated.length + 1))
                    : text(mutated, random);
          };
    }
    return mutated;
  }

  private static byte[] field(byte[] archive, Random random) {
    int block = 512 * random.nextInt(Math.max(1, archive.length / 512));
    if (block + 512 > archive.length) {
      return archive;
    }
    int field = FIELDS[random.nextInt(FIELDS.length)];
    if (field == 156) {
      archive[block + field] = (byte) TYPES.charAt(random.nextInt(TYPES.length()));
    } else {
      byte[] value = VALUES.get(random.nextInt(VALUES.size())).getBytes(ISO_8859_1);
      System.arraycopy(value, 0, archive, block + field, Math.min(value.length, 512 - field));
    }
    if (random.nextInt(20) > 0) {
      mend(archive, block);
    }
    return archive;
  }

  private static void mend(byte[] archive, int block) {
    int sum = 8 * ' ';
    for (int i = 0; i < 512; i++) {
      sum += i >= 148 && i < 156 ? 0 : Byte.toUnsignedInt(archive[block + i]);
    }
    byte[] digits = String.format("%06o\0 ", sum).getBytes(ISO_8859_1);
    System.arraycopy(digits, 0, archive, block + 148, 8);
  }

  private static byte[] anyByte(byte[] archive, Random random) {
    if (archive.length == 0) {
      return archive;
    }
    int at = random.nextInt(archive.length);
    archive[at] = (byte) random.nextInt(256);
    int block = at & -512;
    if (random.nextBoolean() && block + 512 <= archive.length) {
      mend(archive, block);
    }
    return archive;
  }

  /** Changes a digit or letter, which most often is part of an extended header. */
  private static byte[] text(byte[] archive, Random random) {
    for (int tries = 0; tries < 200 && archive.length > 0; tries++) {
      int at = random.nextInt(archive.length);
      if (archive[at] >= ' ' && (at & 511) < 100) {
        archive[at] = (byte) "0123456789=,.-\n\0 a".charAt(random.nextInt(18));
        return archive;
      }
    }
    return archive;
  }

  /** Drops, doubles or swaps blocks. */
  private static byte[] blocks(byte[] archive, Random random) {
    int count = archive.length / 512;
    if (count < 2) {
      return archive;
    }
    int at = 512 * random.nextInt(count - 1);
    byte[] rest = Arrays.copyOfRange(archive, at + 512, archive.length);
    byte[] changed = Arrays.copyOf(archive, random.nextBoolean() ? at : at + 512);
    byte[] joined =
        Arrays.copyOf(changed, changed.length + rest.length + (random.nextBoolean() ? 0 : 512));
    System.arraycopy(rest, 0, joined, changed.length, rest.length);
    return joined;
  }
}
