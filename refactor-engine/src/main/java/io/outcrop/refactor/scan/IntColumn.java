package io.outcrop.refactor.scan;

import java.util.Arrays;

/** Numbers that grow at the end, without a box each. */
final class IntColumn {

  private int[] values = new int[64];
  private int size;

  int size() {
    return size;
  }

  int add(int value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, size + (size >> 1));
    }
    values[size] = value;
    return size++;
  }

  int get(int index) {
    return values[index];
  }

  void set(int index, int value) {
    values[index] = value;
  }

  int[] toArray() {
    return Arrays.copyOf(values, size);
  }
}
