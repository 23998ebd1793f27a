package io.outcrop.refactor.plan.epoch;

import java.util.ArrayList;
import java.util.List;

/**
 * Builds a tree of images from below: the two parts that have most in common are joined, until one
 * is left. Takes the square of the images in memory, 16 bytes each.
 */
final class Clustering {

  private final ImageTree tree;
  private final List<Integer> parts = new ArrayList<>();
  // By node, the bytes in common with each part of a lower number.
  private final long[][] shared;

  private Clustering(ImageTree tree) {
    this.tree = tree;
    this.shared = new long[tree.nodes()][];
  }

  static ImageTree tree(int images, List<SharingClass> classes) {
    ImageTree tree = new ImageTree(images, classes);
    new Clustering(tree).join();
    return tree;
  }

  private void join() {
    for (int image = 0; image < tree.images(); image++) {
      add(image);
    }
    for (int node = tree.images(); node < tree.nodes(); node++) {
      joinBest(node);
      add(node);
    }
    tree.setRoot(parts.getFirst());
  }

  private void add(int node) {
    shared[node] = new long[node];
    for (int part : parts) {
      shared[node][part] = tree.bytesInCommon(node, part);
    }
    parts.add(node);
  }

  /** Parts are in the order of their numbers, so that of equal pairs the same is joined always. */
  private void joinBest(int node) {
    long most = -1;
    int a = 0;
    int b = 0;
    for (int later = 1; later < parts.size(); later++) {
      long[] row = shared[parts.get(later)];
      for (int earlier = 0; earlier < later; earlier++) {
        if (row[parts.get(earlier)] > most) {
          most = row[parts.get(earlier)];
          a = earlier;
          b = later;
        }
      }
    }
    tree.join(node, parts.get(a), parts.get(b));
    parts.subList(b, b + 1).clear();
    parts.subList(a, a + 1).clear();
  }
}
