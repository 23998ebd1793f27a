package io.outcrop.refactor.plan.epoch;

import java.util.Arrays;
import java.util.List;

/** Finds the classes of entries by their keys; 8 bytes a key. Immutable. */
final class KeyIndex {

  private static final int CLASS_BITS = Long.SIZE - EntryKeys.BITS;

  private final int classes;
  // A key and its class in one number; ordered as numbers without a sign.
  private final long[] keys;

  KeyIndex(List<EntryKeys> classes) {
    this.classes = classes.size();
    this.keys = new long[classes.stream().mapToInt(EntryKeys::size).sum()];
    int count = 0;
    for (int number = 0; number < classes.size(); number++) {
      EntryKeys of = classes.get(number);
      for (int i = 0; i < of.size(); i++) {
        // The highest bit is turned, so that they sort as numbers with a sign.
        keys[count++] = combined(of.key(i), number);
      }
    }
    Arrays.sort(keys);
  }

  private static long combined(long key, int number) {
    return ((key << CLASS_BITS) | number) ^ Long.MIN_VALUE;
  }

  /** How many classes there are. */
  int classes() {
    return classes;
  }

  /** How many keys there are in all: they are numbered from 0. */
  int size() {
    return keys.length;
  }

  /** The number of the first key that is not smaller. */
  int first(long key) {
    int found = Arrays.binarySearch(keys, combined(key, 0));
    return found < 0 ? -found - 1 : found;
  }

  /** Whether there is such a number, and it is that of a key. */
  boolean isKey(int number, long key) {
    return number < keys.length && (keys[number] ^ Long.MIN_VALUE) >>> CLASS_BITS == key;
  }

  /** The class that a key belongs to; more than one class may have equal keys. */
  int classOf(int number) {
    return (int) keys[number] & ((1 << CLASS_BITS) - 1);
  }
}
