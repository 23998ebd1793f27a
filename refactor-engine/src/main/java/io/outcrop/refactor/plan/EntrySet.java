package io.outcrop.refactor.plan;

import java.util.BitSet;
import java.util.stream.IntStream;

/** Some of the entries of a view. Immutable. */
public final class EntrySet {

  private final BitSet entries;

  private EntrySet(BitSet entries) {
    this.entries = entries;
  }

  /** A copy of a set of indices. */
  public static EntrySet of(BitSet entries) {
    return new EntrySet((BitSet) entries.clone());
  }

  /** All entries of a view of this size. */
  public static EntrySet all(int size) {
    BitSet all = new BitSet(size);
    all.set(0, size);
    return new EntrySet(all);
  }

  /** Whether an entry is among these. */
  public boolean contains(int entry) {
    return entries.get(entry);
  }

  /** How many these are. */
  public int count() {
    return entries.cardinality();
  }

  /** One more than the highest of these; 0 if there are none. */
  public int end() {
    return entries.length();
  }

  /** These, in the order of paths. */
  public IntStream stream() {
    return entries.stream();
  }

  @Override
  public String toString() {
    return count() + " entries";
  }
}
