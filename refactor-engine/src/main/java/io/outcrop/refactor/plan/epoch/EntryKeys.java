package io.outcrop.refactor.plan.epoch;

import java.util.Arrays;

/**
 * The entries of a sharing class, each by the beginning of its hash: enough to find them in an
 * image, and not to prove that they are the same. Entries that are names of one file have one key.
 * Immutable.
 */
public final class EntryKeys {

  /**
   * How much of a hash is kept. That something else in an image has the same key happens once in
   * some ten thousand images, and costs that image the bundle, as its {@link Bundle#key()} differs.
   */
  static final int BITS = 48;

  static final long HIGHEST = (1L << BITS) - 1;

  private final long[] ascending;

  private EntryKeys(long[] ascending) {
    this.ascending = ascending;
  }

  /**
   * Takes keys, which the caller gives away.
   *
   * @throws IllegalArgumentException if they do not ascend from 0 to {@link #HIGHEST}, or there are
   *     none
   */
  static EntryKeys ofAscending(long[] keys) {
    long before = -1;
    for (long key : keys) {
      if (key <= before || key > HIGHEST) {
        throw new IllegalArgumentException("key: " + key + " (expected: > " + before + ")");
      }
      before = key;
    }
    if (before < 0) {
      throw new IllegalArgumentException("keys: none (expected: >= 1)");
    }
    return new EntryKeys(keys);
  }

  /** The key of a unit, of the first eight bytes of its hash. */
  static long key(long high) {
    return high >>> (Long.SIZE - BITS);
  }

  /** How many there are. */
  public int size() {
    return ascending.length;
  }

  long key(int index) {
    return ascending[index];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EntryKeys that && Arrays.equals(ascending, that.ascending);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(ascending);
  }

  @Override
  public String toString() {
    return size() + " keys";
  }
}
