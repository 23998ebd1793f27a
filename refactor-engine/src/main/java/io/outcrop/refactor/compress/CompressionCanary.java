package io.outcrop.refactor.compress;

import io.outcrop.refactor.model.ContentHash;
import io.outcrop.refactor.model.Reason;
import io.outcrop.refactor.model.RefusedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Finds out whether this Java compresses as others do. The digests of refactored layers depend on
 * the bytes that zlib and zstd make, and there are builds of zlib that make others: with one of
 * them, an edge would publish layers that no other edge has.
 */
public final class CompressionCanary {

  private static final int CORPUS_BYTES = 1 << 18;

  private CompressionCanary() {}

  /**
   * Compresses some fixed bytes, and compares.
   *
   * @throws RefusedException if the result is not what it has to be
   */
  public static void check(Packing packing) throws RefusedException {
    check(packing, CanaryHashes.expected(packing));
  }

  static void check(Packing packing, String expected) throws RefusedException {
    String actual = hash(packing);
    if (!actual.equals(expected)) {
      throw new RefusedException(
          Reason.COMPRESSION_CANARY,
          packing
              + " makes "
              + actual
              + " of the fixed corpus (expected: "
              + expected
              + "): this Java's zlib differs from others, and so would the digests of layers");
    }
  }

  static String hash(Packing packing) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (PackedStream stream = packing.pack(out)) {
      stream.write(corpus());
      stream.finish();
    } catch (IOException e) {
      throw new UncheckedIOException("nothing here reads or writes anything", e);
    }
    return ContentHash.of(out.toByteArray()).digest().hex();
  }

  /** Bytes that give a compressor something to choose: words, runs, noise, and things far back. */
  private static byte[] corpus() {
    byte[] corpus = new byte[CORPUS_BYTES];
    int state = 1;
    int at = 0;
    while (at < corpus.length) {
      state = next(state);
      int length = Math.min(4 + (state >>> 27), corpus.length - at);
      int kind = (state >>> 20) & 7;
      for (int i = 0; i < length; i++, at++) {
        if (kind < 3 && at > 40_000) {
          corpus[at] = corpus[at - 33 - ((state >>> 8) & 0x7fff)];
        } else if (kind == 3) {
          corpus[at] = (byte) (state >>> 12);
        } else if (kind == 4) {
          state = next(state);
          corpus[at] = (byte) (state >>> 24);
        } else {
          corpus[at] = (byte) ('a' + ((state >>> (i % 24)) & 15));
        }
      }
    }
    return corpus;
  }

  /** A linear congruential generator: the same everywhere. */
  private static int next(int state) {
    return state * 1_664_525 + 1_013_904_223;
  }
}
