package io.outcrop.storage;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Digest.Algorithm;
import java.io.DataInput;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Digests as bytes, half as long as their text: a letter for the algorithm, then the hash. */
final class DigestCodec {

  private static final byte SHA256 = 's';
  private static final byte SHA512 = 'S';

  private DigestCodec() {}

  static byte[] encode(Digest digest) {
    return put(ByteBuffer.allocate(length(digest)), digest).array();
  }

  /** How many bytes a digest takes. */
  static int length(Digest digest) {
    return 1 + digest.algorithm().hashLength();
  }

  static ByteBuffer put(ByteBuffer target, Digest digest) {
    byte letter =
        switch (digest.algorithm()) {
          case SHA256 -> SHA256;
          case SHA512 -> SHA512;
        };
    return target.put(letter).put(digest.hash());
  }

  static Digest decode(byte[] bytes) {
    return get(ByteBuffer.wrap(bytes));
  }

  static Digest get(ByteBuffer source) {
    Algorithm algorithm = algorithm(source.get());
    byte[] hash = new byte[algorithm.hashLength()];
    source.get(hash);
    return Digest.ofHash(algorithm, hash);
  }

  static Digest read(DataInput source) throws IOException {
    Algorithm algorithm = algorithm(source.readByte());
    byte[] hash = new byte[algorithm.hashLength()];
    source.readFully(hash);
    return Digest.ofHash(algorithm, hash);
  }

  private static Algorithm algorithm(byte letter) {
    return switch (letter) {
      case SHA256 -> Algorithm.SHA256;
      case SHA512 -> Algorithm.SHA512;
      default ->
          throw new IllegalStateException("digest algorithm: " + letter + " (expected: s or S)");
    };
  }
}
