package io.outcrop.refactor.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/** Immutable bytes, ordered as unsigned numbers: link targets and extended attributes. */
public final class ByteString implements Comparable<ByteString> {

  /** No bytes. */
  public static final ByteString EMPTY = new ByteString(new byte[0]);

  private final byte[] bytes;

  private ByteString(byte[] bytes) {
    this.bytes = bytes;
  }

  /** A copy of the bytes. */
  public static ByteString of(byte[] bytes) {
    return bytes.length == 0 ? EMPTY : new ByteString(bytes.clone());
  }

  /**
   * A copy of a part of the bytes.
   *
   * @throws IndexOutOfBoundsException if the part is not within the bytes
   */
  public static ByteString of(byte[] bytes, int offset, int length) {
    return length == 0
        ? EMPTY
        : new ByteString(Arrays.copyOfRange(bytes, offset, Math.addExact(offset, length)));
  }

  /** The bytes of a text in UTF-8. */
  public static ByteString of(String text) {
    return of(text.getBytes(UTF_8));
  }

  /** How many bytes these are. */
  public int length() {
    return bytes.length;
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return bytes.length == 0;
  }

  /** The byte at an index. */
  public byte at(int index) {
    return bytes[index];
  }

  /** Whether these bytes begin with others. */
  public boolean startsWith(ByteString prefix) {
    return prefix.bytes.length <= bytes.length
        && Arrays.equals(bytes, 0, prefix.bytes.length, prefix.bytes, 0, prefix.bytes.length);
  }

  /** A copy. */
  public byte[] toByteArray() {
    return bytes.clone();
  }

  /** Copies all bytes to a place in an array. */
  public void copyTo(byte[] target, int offset) {
    System.arraycopy(bytes, 0, target, offset, bytes.length);
  }

  @Override
  public int compareTo(ByteString other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ByteString that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** For people: what is not printable ASCII appears as {@code \xNN}. */
  @Override
  public String toString() {
    return Printable.text(bytes, 0, bytes.length);
  }
}
