package io.outcrop.refactor.plan.epoch;

/**
 * Numbers by the hashes of units: 20 bytes a slot, of which between a third and two thirds are in
 * use. Hashes are SHA-256 cut to 128 bits, so that equal ones can be taken for equal units. Not
 * thread-safe.
 */
final class UnitTable {

  /** Stands for no number: what is not there. */
  static final int ABSENT = -1;

  private static final int FIRST_BITS = 12;

  private long[] high = new long[1 << FIRST_BITS];
  private long[] low = new long[1 << FIRST_BITS];
  // One more than the number; 0 for a free slot.
  private int[] numbers = new int[1 << FIRST_BITS];
  private int size;

  /** Takes what is in a table. */
  interface Visitor {
    void unit(long high, int number);
  }

  int size() {
    return size;
  }

  int get(long keyHigh, long keyLow) {
    return numbers[slot(keyHigh, keyLow)] - 1;
  }

  void put(long keyHigh, long keyLow, int number) {
    int slot = slot(keyHigh, keyLow);
    if (numbers[slot] == 0) {
      if (3L * (size + 1) > 2L * numbers.length) {
        grow();
        slot = slot(keyHigh, keyLow);
      }
      size++;
    }
    high[slot] = keyHigh;
    low[slot] = keyLow;
    numbers[slot] = number + 1;
  }

  private int slot(long keyHigh, long keyLow) {
    int mask = numbers.length - 1;
    int slot = (int) (((keyHigh ^ keyLow) * 0x9e37_79b9_7f4a_7c15L) >>> 32) & mask;
    while (numbers[slot] != 0 && (high[slot] != keyHigh || low[slot] != keyLow)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    long[] oldHigh = high;
    long[] oldLow = low;
    int[] oldNumbers = numbers;
    high = new long[2 * oldNumbers.length];
    low = new long[2 * oldNumbers.length];
    numbers = new int[2 * oldNumbers.length];
    for (int i = 0; i < oldNumbers.length; i++) {
      if (oldNumbers[i] != 0) {
        int slot = slot(oldHigh[i], oldLow[i]);
        high[slot] = oldHigh[i];
        low[slot] = oldLow[i];
        numbers[slot] = oldNumbers[i];
      }
    }
  }

  /** All units, in no order. */
  void forEach(Visitor visitor) {
    for (int slot = 0; slot < numbers.length; slot++) {
      if (numbers[slot] != 0) {
        visitor.unit(high[slot], numbers[slot] - 1);
      }
    }
  }
}
