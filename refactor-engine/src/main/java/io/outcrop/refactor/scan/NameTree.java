package io.outcrop.refactor.scan;

/** Paths by number, each in a directory, in no order yet. */
public interface NameTree {

  /** No path. */
  int ABSENT = -1;

  /** The root, which is the directory of what is at the top. */
  int ROOT = 0;

  /** The first path in a directory, or ABSENT. */
  int firstChild(int directory);

  /** The path after one in the same directory, or ABSENT. */
  int nextSibling(int path);

  /** Compares the names of two paths in the same directory, as unsigned bytes. */
  int compareNames(int path, int other);
}
