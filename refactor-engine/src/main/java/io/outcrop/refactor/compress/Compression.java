package io.outcrop.refactor.compress;

/** How a layer is compressed. */
public enum Compression {
  /** Not at all. */
  NONE,
  /** As gzip, in one or more members (RFC 1952). */
  GZIP,
  /** As Zstandard, in one or more frames (RFC 8878). */
  ZSTD;

  /** How many bytes {@link #detect} wants to see. */
  static final int MAGIC_BYTES = 4;

  private static final int GZIP_MAGIC = 0x8b1f;
  private static final int ZSTD_MAGIC = 0xfd2f_b528;
  private static final int SKIPPABLE_MAGIC = 0x184d_2a50;

  /**
   * Tells by the first bytes, as container engines do.
   *
   * @param head the first bytes of a blob
   * @param length how many there are, which may be fewer than wanted
   */
  public static Compression detect(byte[] head, int length) {
    if (length >= 2 && littleEndian(head, 2) == GZIP_MAGIC) {
      return GZIP;
    }
    if (length >= MAGIC_BYTES) {
      int magic = littleEndian(head, MAGIC_BYTES);
      // A frame to be skipped may come first, as it does in some indexed forms.
      if (magic == ZSTD_MAGIC || (magic & 0xffff_fff0) == SKIPPABLE_MAGIC) {
        return ZSTD;
      }
    }
    return NONE;
  }

  private static int littleEndian(byte[] bytes, int count) {
    int value = 0;
    for (int i = 0; i < count; i++) {
      value |= Byte.toUnsignedInt(bytes[i]) << (Byte.SIZE * i);
    }
    return value;
  }
}
