package io.outcrop.refactor.scan;

import java.util.Arrays;

/** Bytes that grow at the end. */
final class ByteColumn {

  private byte[] values = new byte[256];
  private int size;

  int size() {
    return size;
  }

  int add(byte value) {
    reserve(1);
    values[size] = value;
    return size++;
  }

  void add(byte[] bytes, int offset, int length) {
    reserve(length);
    System.arraycopy(bytes, offset, values, size, length);
    size += length;
  }

  private void reserve(int length) {
    if (values.length - size < length) {
      // A layer's names are bounded far below 2 GiB by the limits on entries and paths.
      values = Arrays.copyOf(values, Math.max(values.length + (values.length >> 1), size + length));
    }
  }

  byte get(int index) {
    return values[index];
  }

  void set(int index, byte value) {
    values[index] = value;
  }

  byte[] array() {
    return values;
  }

  byte[] toArray() {
    return Arrays.copyOf(values, size);
  }
}
