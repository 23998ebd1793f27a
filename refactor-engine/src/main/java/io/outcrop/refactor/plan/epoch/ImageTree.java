package io.outcrop.refactor.plan.epoch;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * A binary tree whose leaves are the images of a corpus. What all images below a node have in
 * common can be the bottom of all their stacks: unpacked once, where each would unpack it for
 * itself. So what a tree saves is the sum, over its inner nodes, of the bytes that all images below
 * have in common. Leaves have the numbers of the images, inner nodes those after. Not thread-safe.
 */
final class ImageTree {

  static final int NONE = -1;

  private final List<SharingClass> classes;
  private final int images;
  private final int[] parents;
  private final int[] lefts;
  private final int[] rights;
  private final BitSet[] common;
  private final long[] bytes;
  private int root;

  /**
   * Leaves without a tree yet.
   *
   * @param images how many; at least one
   * @param classes what they share
   */
  ImageTree(int images, List<SharingClass> classes) {
    int nodes = 2 * images - 1;
    this.classes = classes;
    this.images = images;
    this.parents = none(nodes);
    this.lefts = none(nodes);
    this.rights = none(nodes);
    this.common = new BitSet[nodes];
    this.bytes = new long[nodes];
    Arrays.setAll(common, _ -> new BitSet(classes.size()));
    for (int number = 0; number < classes.size(); number++) {
      int held = number;
      classes.get(number).images().stream().forEach(image -> common[image].set(held));
    }
    Arrays.setAll(bytes, node -> bytes(common[node]));
  }

  private static int[] none(int length) {
    int[] array = new int[length];
    Arrays.fill(array, NONE);
    return array;
  }

  private long bytes(BitSet set) {
    return set.stream().mapToLong(number -> classes.get(number).bytes()).sum();
  }

  List<SharingClass> classes() {
    return classes;
  }

  int images() {
    return images;
  }

  /** How many nodes there are, leaves and inner ones. */
  int nodes() {
    return parents.length;
  }

  int root() {
    return root;
  }

  boolean isLeaf(int node) {
    return node < images;
  }

  int parent(int node) {
    return parents[node];
  }

  int left(int node) {
    return lefts[node];
  }

  int right(int node) {
    return rights[node];
  }

  /** The other child of a node's parent. */
  int sibling(int node) {
    int above = parents[node];
    return lefts[above] == node ? rights[above] : lefts[above];
  }

  /** What all images below a node hold; not to be changed. */
  BitSet common(int node) {
    return common[node];
  }

  /** The bytes of what all images below a node hold. */
  long bytes(int node) {
    return bytes[node];
  }

  /** The bytes of what all images below two nodes hold. */
  long bytesInCommon(int a, int b) {
    BitSet of = common[a];
    BitSet other = common[b];
    long sum = 0;
    for (int number = of.nextSetBit(0); number >= 0; number = of.nextSetBit(number + 1)) {
      if (other.get(number)) {
        sum += classes.get(number).bytes();
      }
    }
    return sum;
  }

  /** The bytes that stacks save by what they have in common. */
  long saved() {
    long sum = 0;
    for (int node = images; node < nodes(); node++) {
      sum += bytes[node];
    }
    return sum;
  }

  /** Makes a node the top of the tree. */
  void setRoot(int node) {
    root = node;
    parents[node] = NONE;
  }

  /** Makes two nodes the children of an inner one. */
  void join(int node, int a, int b) {
    lefts[node] = Math.min(a, b);
    rights[node] = Math.max(a, b);
    parents[a] = node;
    parents[b] = node;
    refresh(node);
  }

  private void refresh(int node) {
    BitSet both = common[node];
    both.clear();
    both.or(common[lefts[node]]);
    both.and(common[rights[node]]);
    bytes[node] = bytes(both);
  }

  /** Takes a node other than the root off the tree; returns its parent, which is free then. */
  int prune(int node) {
    int free = parents[node];
    replace(free, sibling(node));
    return free;
  }

  /** Puts a node and a free one into the tree: the free one in the place of another, above both. */
  void graft(int node, int free, int place) {
    replace(place, free);
    join(free, node, place);
    refreshAbove(free);
  }

  private void replace(int node, int by) {
    int above = parents[node];
    if (above == NONE) {
      setRoot(by);
    } else {
      int other = sibling(node);
      lefts[above] = Math.min(other, by);
      rights[above] = Math.max(other, by);
      parents[by] = above;
      refreshAbove(by);
    }
  }

  private void refreshAbove(int node) {
    for (int at = parents[node]; at != NONE; at = parents[at]) {
      refresh(at);
    }
  }
}
