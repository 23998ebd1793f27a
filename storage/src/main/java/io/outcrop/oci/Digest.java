package io.outcrop.oci;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The content address of a blob or manifest, such as {@code sha256:6c3c…}.
 *
 * @param algorithm the hash function
 * @param hex the hash in lower-case hexadecimal, exactly as long as the algorithm asks
 */
public record Digest(Algorithm algorithm, String hex) implements Reference {

  /** The registered hash functions of the OCI image specification. */
  public enum Algorithm {
    /** SHA-256, which every client understands. */
    SHA256("sha256", "SHA-256", 64),
    /** SHA-512, optional in the specification, used by some artifacts. */
    SHA512("sha512", "SHA-512", 128);

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

    /** A new hash computation of this algorithm; not thread-safe. */
    public MessageDigest newMessageDigest() {
      try {
        return MessageDigest.getInstance(javaName);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java platform has " + javaName, e);
      }
    }

    private static Optional<Algorithm> ofPrefix(String prefix) {
      return Arrays.stream(values()).filter(a -> a.prefix.equals(prefix)).findFirst();
    }
  }

  /**
   * @throws InvalidNameException if {@code hex} is not lower-case hexadecimal of the right length
   */
  public Digest {
    if (hex.length() != algorithm.hexLength || !isLowerHex(hex)) {
      throw new InvalidNameException(
          "digest", hex, algorithm.hexLength + " lower-case hexadecimal digits");
    }
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
    int colon = text.indexOf(':');
    if (colon < 0) {
      return Optional.empty();
    }
    String hex = text.substring(colon + 1);
    return Algorithm.ofPrefix(text.substring(0, colon))
        .filter(a -> hex.length() == a.hexLength && isLowerHex(hex))
        .map(a -> new Digest(a, hex));
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
    return new Digest(algorithm, HexFormat.of().formatHex(hash.digest()));
  }

  private static Digest finish(Algorithm algorithm, MessageDigest hash, byte[] content) {
    hash.update(content);
    return finish(algorithm, hash);
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

  @Override
  public String toString() {
    return algorithm.prefix + ':' + hex;
  }
}
