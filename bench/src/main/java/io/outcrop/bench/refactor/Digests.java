package io.outcrop.bench.refactor;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Hashing of structures: each part with its length, so that no two structures give the same bytes.
 */
final class Digests {

  private Digests() {}

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  static void put(MessageDigest digest, long value) {
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, value));
  }

  static void put(MessageDigest digest, String bytes) {
    put(digest, bytes.length());
    digest.update(bytes.getBytes(StandardCharsets.ISO_8859_1));
  }
}
