package io.outcrop.bench.refactor;

import java.nio.ByteBuffer;
import java.security.MessageDigest;

/** A SHA-256 hash as a value. */
record Key(long first, long second, long third, long fourth) {

  /** Of what was given to {@code digest}, which is reset. */
  static Key of(MessageDigest digest) {
    ByteBuffer hash = ByteBuffer.wrap(digest.digest());
    return new Key(hash.getLong(), hash.getLong(), hash.getLong(), hash.getLong());
  }
}
