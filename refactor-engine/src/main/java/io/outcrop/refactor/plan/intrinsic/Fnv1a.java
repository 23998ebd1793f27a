package io.outcrop.refactor.plan.intrinsic;

import static java.nio.charset.StandardCharsets.UTF_8;

/** The 32-bit FNV-1a hash (Fowler, Noll, Vo), which spreads small packages over bundles. */
final class Fnv1a {

  private static final int OFFSET_BASIS = 0x811c9dc5;
  private static final int PRIME = 0x01000193;

  private Fnv1a() {}

  /** The hash of a text in UTF-8. */
  static int hash(String text) {
    int hash = OFFSET_BASIS;
    for (byte b : text.getBytes(UTF_8)) {
      hash = (hash ^ Byte.toUnsignedInt(b)) * PRIME;
    }
    return hash;
  }
}
