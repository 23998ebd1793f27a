package io.outcrop.refactor.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * Where something is below the root: components of any bytes but {@code /} and NUL, joined by
 * {@code /}, with neither {@code .} nor {@code ..} nor empty ones among them.
 *
 * <p>Ordered by component, bytes as unsigned numbers: a directory comes right before everything in
 * it, which is not so where whole paths are compared, as many bytes sort below {@code /}.
 */
public final class FilePath implements Comparable<FilePath> {

  /** The root itself, which has no name. */
  public static final FilePath ROOT = new FilePath(new byte[0]);

  private final byte[] bytes;

  private FilePath(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Reads a path as archives spell it: one leading {@code ./} or {@code /} or many, doubled and
   * trailing slashes and {@code .} components mean nothing.
   *
   * @throws RefusedException if it has a {@code ..} component or a NUL
   */
  public static FilePath read(byte[] raw, int offset, int length) throws RefusedException {
    byte[] clean = new byte[length];
    int size = 0;
    int end = offset + length;
    for (int start = offset; start < end; ) {
      int slash = start;
      while (slash < end && raw[slash] != '/') {
        if (raw[slash] == 0) {
          throw refused(raw, offset, length, "a NUL byte in it");
        }
        slash++;
      }
      int component = slash - start;
      if (component == 2 && raw[start] == '.' && raw[start + 1] == '.') {
        throw refused(raw, offset, length, "a component .. in it");
      }
      if (component > 0 && !(component == 1 && raw[start] == '.')) {
        if (size > 0) {
          clean[size++] = '/';
        }
        System.arraycopy(raw, start, clean, size, component);
        size += component;
      }
      start = slash + 1;
    }
    return size == 0 ? ROOT : new FilePath(size == length ? clean : Arrays.copyOf(clean, size));
  }

  private static RefusedException refused(byte[] raw, int offset, int length, String what) {
    return new RefusedException(
        Reason.PATH_OUTSIDE_ROOT,
        "path " + Printable.text(raw, offset, offset + Math.min(length, 200)) + " has " + what);
  }

  /** The same for bytes that are a whole path. */
  public static FilePath read(ByteString raw) throws RefusedException {
    byte[] bytes = raw.toByteArray();
    return read(bytes, 0, bytes.length);
  }

  /**
   * A path given as text, in UTF-8.
   *
   * @throws IllegalArgumentException if it is not one
   */
  public static FilePath of(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    try {
      return read(bytes, 0, bytes.length);
    } catch (RefusedException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /**
   * A path of bytes that are clean already, which the caller gives away: neither checked nor
   * copied.
   */
  public static FilePath ofOwned(byte[] clean) {
    return clean.length == 0 ? ROOT : new FilePath(clean);
  }

  /** A path below this one. */
  public FilePath resolve(ByteString name) {
    if (isRoot()) {
      return ofOwned(name.toByteArray());
    }
    byte[] joined = Arrays.copyOf(bytes, bytes.length + 1 + name.length());
    joined[bytes.length] = '/';
    name.copyTo(joined, bytes.length + 1);
    return new FilePath(joined);
  }

  /** Whether this is the root. */
  public boolean isRoot() {
    return bytes.length == 0;
  }

  /** The length in bytes, with the slashes between components. */
  public int length() {
    return bytes.length;
  }

  /** The byte at an index. */
  public byte at(int index) {
    return bytes[index];
  }

  /** How many components there are; 0 for the root. */
  public int depth() {
    int depth = isRoot() ? 0 : 1;
    for (byte b : bytes) {
      if (b == '/') {
        depth++;
      }
    }
    return depth;
  }

  /** The directory this is in; the root for the root. */
  public FilePath parent() {
    int slash = lastSlash();
    return slash < 0 ? ROOT : new FilePath(Arrays.copyOf(bytes, slash));
  }

  /** The last component; empty for the root. */
  public ByteString name() {
    int from = lastSlash() + 1;
    return ByteString.of(bytes, from, bytes.length - from);
  }

  /** Whether this is the directory itself or below it. */
  public boolean isWithin(FilePath directory) {
    int length = directory.bytes.length;
    return length == 0
        || (bytes.length >= length
            && Arrays.equals(bytes, 0, length, directory.bytes, 0, length)
            && (bytes.length == length || bytes[length] == '/'));
  }

  private int lastSlash() {
    int at = bytes.length - 1;
    while (at >= 0 && bytes[at] != '/') {
      at--;
    }
    return at;
  }

  /** A copy of the bytes. */
  public byte[] toByteArray() {
    return bytes.clone();
  }

  /** Copies all bytes to a place in an array. */
  public void copyTo(byte[] target, int offset) {
    System.arraycopy(bytes, 0, target, offset, bytes.length);
  }

  @Override
  public int compareTo(FilePath other) {
    int at = Arrays.mismatch(bytes, other.bytes);
    if (at < 0) {
      return 0;
    }
    return rank(bytes, at) - rank(other.bytes, at);
  }

  /** The end of a path sorts first, then the end of a component, then bytes. */
  private static int rank(byte[] bytes, int at) {
    if (at == bytes.length) {
      return -2;
    }
    return bytes[at] == '/' ? -1 : Byte.toUnsignedInt(bytes[at]);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FilePath that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** The path as text where it is UTF-8; for people, and for matching names known to be ASCII. */
  public String text() {
    return new String(bytes, UTF_8);
  }

  /** For people: what is not printable ASCII appears as {@code \xNN}. */
  @Override
  public String toString() {
    return Printable.text(bytes, 0, bytes.length);
  }
}
