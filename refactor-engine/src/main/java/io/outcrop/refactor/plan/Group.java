package io.outcrop.refactor.plan;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Entries of a view that become one layer. Immutable. */
public final class Group {

  private final String name;
  private final int[] entries;

  /**
   * @param name says to people what this is, such as {@code dpkg libc6 2.36-9+deb12u4 amd64}; it
   *     has no influence on the layer
   * @param entries indices in the view, in any order, none twice
   */
  public Group(String name, int[] entries) {
    this.name = name;
    this.entries = entries.clone();
    Arrays.sort(this.entries);
  }

  /** What this is, for people. */
  public String name() {
    return name;
  }

  /** How many entries there are. */
  public int size() {
    return entries.length;
  }

  /** The entry at a position, in the order of paths. */
  public int entry(int position) {
    return entries[position];
  }

  /** The entries in the order of paths. */
  public IntStream entries() {
    return Arrays.stream(entries);
  }

  @Override
  public String toString() {
    return name + " (" + entries.length + " entries)";
  }
}
