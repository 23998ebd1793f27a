package io.outcrop.refactor.scan;

import java.util.Arrays;

/** Long numbers that grow at the end, without a box each. */
final class LongColumn {

  private long[] values = new long[64];
  private int size;

  int size() {
    return size;
  }

  int add(long value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, size + (size >> 1));
    }
    values[size] = value;
    return size++;
  }

  long get(int index) {
    return values[index];
  }

  long[] toArray() {
    return Arrays.copyOf(values, size);
  }
}
