package io.outcrop.storage.cache;

import io.outcrop.oci.Digest;

/** Digests by number. */
final class Digests {

  private Digests() {}

  static Digest digest(int number) {
    // Not the number itself, which would leave the tables without a collision.
    return new Digest(
        Digest.Algorithm.SHA256, "%016x".formatted(number * 0x9E3779B97F4A7C15L).repeat(4));
  }
}
