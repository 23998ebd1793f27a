package io.outcrop.refactor.model;

import io.outcrop.oci.Digest;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * A SHA-256, small enough to have a million of.
 *
 * @param a bytes 0 to 7, big-endian
 * @param b bytes 8 to 15
 * @param c bytes 16 to 23
 * @param d bytes 24 to 31
 */
public record ContentHash(long a, long b, long c, long d) implements Comparable<ContentHash> {

  /** The length in bytes. */
  public static final int BYTES = 32;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /** The hash of no bytes. */
  public static final ContentHash OF_NOTHING = of(new byte[0]);

  /** Reads 32 bytes from a place in an array. */
  public static ContentHash read(byte[] bytes, int offset) {
    return new ContentHash(
        (long) LONGS.get(bytes, offset),
        (long) LONGS.get(bytes, offset + 8),
        (long) LONGS.get(bytes, offset + 16),
        (long) LONGS.get(bytes, offset + 24));
  }

  /** Hashes some bytes. */
  public static ContentHash of(byte[] content) {
    MessageDigest hash = newHash();
    hash.update(content);
    return finish(hash);
  }

  /** Ends a computation begun with {@link #newHash()}. */
  public static ContentHash finish(MessageDigest hash) {
    return read(hash.digest(), 0);
  }

  /** A new SHA-256 computation; not thread-safe. */
  public static MessageDigest newHash() {
    return Digest.Algorithm.SHA256.newMessageDigest();
  }

  /**
   * The hash of a SHA-256 digest.
   *
   * @throws IllegalArgumentException if the digest is of another algorithm
   */
  public static ContentHash of(Digest digest) {
    if (digest.algorithm() != Digest.Algorithm.SHA256) {
      throw new IllegalArgumentException("digest: " + digest + " (expected: sha256)");
    }
    return read(HexFormat.of().parseHex(digest.hex()), 0);
  }

  /** Writes the 32 bytes to a place in an array. */
  public void writeTo(byte[] target, int offset) {
    LONGS.set(target, offset, a);
    LONGS.set(target, offset + 8, b);
    LONGS.set(target, offset + 16, c);
    LONGS.set(target, offset + 24, d);
  }

  /** The 32 bytes. */
  public byte[] toByteArray() {
    byte[] bytes = new byte[BYTES];
    writeTo(bytes, 0);
    return bytes;
  }

  /** The same as a content address. */
  public Digest digest() {
    return new Digest(Digest.Algorithm.SHA256, HexFormat.of().formatHex(toByteArray()));
  }

  @Override
  public int hashCode() {
    return Long.hashCode(a);
  }

  @Override
  public int compareTo(ContentHash other) {
    int order = Long.compareUnsigned(a, other.a);
    order = order != 0 ? order : Long.compareUnsigned(b, other.b);
    order = order != 0 ? order : Long.compareUnsigned(c, other.c);
    return order != 0 ? order : Long.compareUnsigned(d, other.d);
  }

  @Override
  public String toString() {
    return digest().toString();
  }
}
