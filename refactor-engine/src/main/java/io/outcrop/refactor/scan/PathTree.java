package io.outcrop.refactor.scan;

import io.outcrop.refactor.model.Reason;
import io.outcrop.refactor.model.RefusedException;
import java.util.Arrays;

/**
 * Names of files in names of directories: a number for every path ever asked for, the root being 0.
 * A number stays with its path for good.
 */
final class PathTree implements NameTree {

  private final int maxPaths;
  private final IntColumn parents = new IntColumn();
  private final ByteColumn names = new ByteColumn();
  private final IntColumn nameEnds = new IntColumn();
  private final IntColumn firstChildren = new IntColumn();
  private final IntColumn nextSiblings = new IntColumn();
  private final LongColumn hashes = new LongColumn();
  // Open addressing, linear probing; a slot holds a number plus one.
  private int[] slots = new int[1 << 8];
  private int bits = 8;

  /**
   * @param maxPaths how many paths there may be below the root
   */
  PathTree(int maxPaths) {
    this.maxPaths = maxPaths;
    append(ABSENT, new byte[0], 0, 0, 0);
  }

  /** How many numbers are given. */
  int size() {
    return parents.size();
  }

  int parent(int path) {
    return parents.get(path);
  }

  @Override
  public int firstChild(int directory) {
    return firstChildren.get(directory);
  }

  @Override
  public int nextSibling(int path) {
    return nextSiblings.get(path);
  }

  /** The number of a name in a directory, or ABSENT. */
  int find(int directory, byte[] bytes, int offset, int length) {
    long hash = NameHash.of(bytes, offset, length);
    int slot = NameHash.slot(directory, hash, bits);
    while (slots[slot] != 0) {
      int path = slots[slot] - 1;
      if (is(path, directory, hash, bytes, offset, length)) {
        return path;
      }
      slot = (slot + 1) & (slots.length - 1);
    }
    return ABSENT;
  }

  /**
   * The number of a name in a directory, which gets one if it has none.
   *
   * @throws RefusedException if there are too many
   */
  int child(int directory, byte[] bytes, int offset, int length) throws RefusedException {
    int found = find(directory, bytes, offset, length);
    if (found != ABSENT) {
      return found;
    }
    if (size() > maxPaths) {
      throw new RefusedException(
          Reason.TOO_MANY_ENTRIES, "more than " + maxPaths + " paths in one layer");
    }
    int path = append(directory, bytes, offset, length, NameHash.of(bytes, offset, length));
    nextSiblings.set(path, firstChildren.get(directory));
    firstChildren.set(directory, path);
    if (size() > slots.length >> 1) {
      grow();
    } else {
      place(path);
    }
    return path;
  }

  private int append(int directory, byte[] bytes, int offset, int length, long hash) {
    names.add(bytes, offset, length);
    nameEnds.add(names.size());
    firstChildren.add(ABSENT);
    nextSiblings.add(ABSENT);
    hashes.add(hash);
    return parents.add(directory);
  }

  private boolean is(int path, int directory, long hash, byte[] bytes, int offset, int length) {
    return hashes.get(path) == hash
        && parents.get(path) == directory
        && Arrays.equals(
            names.array(), nameStart(path), nameEnds.get(path), bytes, offset, offset + length);
  }

  private void grow() {
    bits++;
    slots = new int[1 << bits];
    for (int path = ROOT + 1; path < size(); path++) {
      place(path);
    }
  }

  private void place(int path) {
    int slot = NameHash.slot(parents.get(path), hashes.get(path), bits);
    while (slots[slot] != 0) {
      slot = (slot + 1) & (slots.length - 1);
    }
    slots[slot] = path + 1;
  }

  byte[] nameArray() {
    return names.array();
  }

  int nameStart(int path) {
    return path == ROOT ? 0 : nameEnds.get(path - 1);
  }

  int nameEnd(int path) {
    return nameEnds.get(path);
  }

  @Override
  public int compareNames(int path, int other) {
    byte[] array = names.array();
    return Arrays.compareUnsigned(
        array, nameStart(path), nameEnd(path), array, nameStart(other), nameEnd(other));
  }
}
