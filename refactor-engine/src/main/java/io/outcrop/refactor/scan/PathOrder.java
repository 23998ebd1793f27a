package io.outcrop.refactor.scan;

import java.util.Arrays;
import java.util.function.IntPredicate;

/** Walks a {@link NameTree} in the order of paths: a directory, then all in it, names sorted. */
public final class PathOrder {

  private final NameTree tree;
  private final IntPredicate wanted;
  private int[] pending = new int[64];
  private int depth;
  private int[] sorted = new int[64];

  /**
   * @param wanted which paths to visit; nothing below one that is not wanted is visited either
   */
  public PathOrder(NameTree tree, IntPredicate wanted) {
    this.tree = tree;
    this.wanted = wanted;
  }

  /** The wanted paths below the root, in order. */
  public int[] paths() {
    IntColumn order = new IntColumn();
    pushChildren(NameTree.ROOT);
    while (depth > 0) {
      int path = pending[--depth];
      order.add(path);
      pushChildren(path);
    }
    return order.toArray();
  }

  private void pushChildren(int directory) {
    int count = 0;
    for (int child = tree.firstChild(directory);
        child != NameTree.ABSENT;
        child = tree.nextSibling(child)) {
      if (wanted.test(child)) {
        if (count == sorted.length) {
          sorted = Arrays.copyOf(sorted, count * 2);
        }
        sorted[count++] = child;
      }
    }
    if (count == 0) {
      return;
    }
    sortDescending(count);
    if (pending.length - depth < count) {
      pending = Arrays.copyOf(pending, Math.max(pending.length * 2, depth + count));
    }
    System.arraycopy(sorted, 0, pending, depth, count);
    depth += count;
  }

  private void sortDescending(int count) {
    Integer[] boxed = new Integer[count];
    Arrays.setAll(boxed, i -> sorted[i]);
    Arrays.sort(boxed, (a, b) -> tree.compareNames(b, a));
    for (int i = 0; i < count; i++) {
      sorted[i] = boxed[i];
    }
  }
}
