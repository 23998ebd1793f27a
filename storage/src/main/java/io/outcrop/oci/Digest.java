package io.outcrop.oci;

import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The content address of a blob or manifest, such as {@code sha256:6c3c…}. Immutable. */
public final class Digest implements Reference {

  private static final long[] NONE = {};

  // As numbers rather than text: a store has one of these for each thing it holds, and one more for
  // each that it remembers. So it is a third as large, and compared in a few steps.
  private final long first;
  private final long second;
  private final long third;
  private final long fourth;
  // The other half of a SHA-512; empty for SHA-256.
  private final long[] rest;

  /** The registered hash functions of the OCI image specification. */
  public enum Algorithm {
    /** SHA-256, which every client understands. */
    SHA256("sha256", "SHA-256", 64),
    /** SHA-512, optional in the specification, used by some artifacts. */
    SHA512("sha512", "SHA-512", 128);

    private static final Algorithm[] ALL = values();

    private final String prefix;
    private final String javaName;
    private final int hexLength;

    Algorithm(String prefix, String javaName, int hexLength) {
      this.prefix = prefix;
      this.javaName = javaName;
      this.hexLength = hexLength;
    }

    /** The name before the colon, such as {@code sha256}. */
    public String prefix() {
      return prefix;
    }

    /** How many bytes a hash has. */
    public int hashLength() {
      return hexLength / 2;
    }

    /** A new hash computation of this algorithm; not thread-safe. */
    public MessageDigest newMessageDigest() {
      try {
        return MessageDigest.getInstance(javaName);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java platform has " + javaName, e);
      }
    }

    /** The algorithm whose name a text begins with, and a colon after it. */
    private static Optional<Algorithm> ofStart(String text) {
      for (Algorithm algorithm : ALL) {
        int length = algorithm.prefix.length();
        if (text.startsWith(algorithm.prefix)
            && text.length() > length
            && text.charAt(length) == ':') {
          return Optional.of(algorithm);
        }
      }
      return Optional.empty();
    }
  }

  /**
   * Reads a hash in hexadecimal.
   *
   * @param algorithm the hash function
   * @param hex the hash in lower-case hexadecimal, exactly as long as the algorithm asks
   * @throws InvalidNameException if {@code hex} is not lower-case hexadecimal of the right length
   */
  public Digest(Algorithm algorithm, String hex) {
    this(hash(algorithm, hex));
  }

  private Digest(byte[] hash) {
    LongBuffer words = ByteBuffer.wrap(hash).asLongBuffer();
    first = words.get();
    second = words.get();
    third = words.get();
    fourth = words.get();
    rest = words.hasRemaining() ? new long[words.remaining()] : NONE;
    words.get(rest);
  }

  /**
   * Reads {@code algorithm:hex}.
   *
   * @throws InvalidNameException if the text is no digest, or of an unregistered algorithm
   */
  public static Digest parse(String text) {
    return tryParse(text)
        .orElseThrow(
            () -> new InvalidNameException("digest", text, "sha256:<64 hex> or sha512:<128 hex>"));
  }

  /** Reads {@code algorithm:hex}; empty if the text is no digest. */
  public static Optional<Digest> tryParse(String text) {
    Optional<Algorithm> algorithm = Algorithm.ofStart(text);
    return algorithm.isEmpty()
        ? Optional.empty()
        : tryParse(algorithm.get(), text.substring(algorithm.get().prefix.length() + 1));
  }

  /** Reads the hexadecimal part of a digest; empty if the text is none. */
  public static Optional<Digest> tryParse(Algorithm algorithm, String hex) {
    return hex.length() == algorithm.hexLength && isLowerHex(hex)
        ? Optional.of(new Digest(HexFormat.of().parseHex(hex)))
        : Optional.empty();
  }

  /**
   * The digest that a hash is.
   *
   * @throws IllegalArgumentException if the hash is not as long as the algorithm asks
   */
  public static Digest ofHash(Algorithm algorithm, byte[] hash) {
    if (hash.length != algorithm.hashLength()) {
      throw new IllegalArgumentException(
          algorithm.prefix
              + " hash: "
              + hash.length
              + " bytes (expected: "
              + algorithm.hashLength()
              + ")");
    }
    return new Digest(hash);
  }

  /** The digest of some bytes under the given algorithm. */
  public static Digest of(Algorithm algorithm, byte[] content) {
    return finish(algorithm, algorithm.newMessageDigest(), content);
  }

  /** The SHA-256 digest of some bytes. */
  public static Digest sha256(byte[] content) {
    return of(Algorithm.SHA256, content);
  }

  /** Ends a hash computation and wraps its result. */
  public static Digest finish(Algorithm algorithm, MessageDigest hash) {
    return ofHash(algorithm, hash.digest());
  }

  private static Digest finish(Algorithm algorithm, MessageDigest hash, byte[] content) {
    hash.update(content);
    return finish(algorithm, hash);
  }

  /** The hash function. */
  public Algorithm algorithm() {
    return rest.length == 0 ? Algorithm.SHA256 : Algorithm.SHA512;
  }

  /** The hash in lower-case hexadecimal. */
  public String hex() {
    return HexFormat.of().formatHex(hash());
  }

  /** The hash. */
  public byte[] hash() {
    ByteBuffer hash =
        ByteBuffer.allocate(algorithm().hashLength())
            .putLong(first)
            .putLong(second)
            .putLong(third)
            .putLong(fourth);
    for (long word : rest) {
      hash.putLong(word);
    }
    return hash.array();
  }

  @Override
  public boolean equals(@Nullable Object object) {
    return object instanceof Digest other
        && first == other.first
        && second == other.second
        && third == other.third
        && fourth == other.fourth
        && Arrays.equals(rest, other.rest);
  }

  @Override
  public int hashCode() {
    // All of it, not just its start: whoever asks for content may choose the digest.
    long mixed = (first * 31 + second) * 31 + third;
    return Long.hashCode(mixed * 31 + fourth) * 31 + Arrays.hashCode(rest);
  }

  /** The form {@code algorithm:hex}. */
  @Override
  public String toString() {
    return algorithm().prefix + ':' + hex();
  }

  private static byte[] hash(Algorithm algorithm, String hex) {
    if (hex.length() != algorithm.hexLength || !isLowerHex(hex)) {
      throw new InvalidNameException(
          "digest", hex, algorithm.hexLength + " lower-case hexadecimal digits");
    }
    return HexFormat.of().parseHex(hex);
  }

  private static boolean isLowerHex(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return true;
  }
}
