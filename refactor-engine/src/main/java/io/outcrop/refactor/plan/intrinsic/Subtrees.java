package io.outcrop.refactor.plan.intrinsic;

import io.outcrop.refactor.view.View;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * Cuts files that no package brought into directories of a certain size: from the leaves to the
 * root, a directory is cut off as soon as what is left in it reaches the threshold. One source
 * layer at a time: what a layer above puts into the same directories leaves the cuts as they are.
 */
final class Subtrees {

  private static final int NONE = -1;

  private final View view;
  private final long threshold;
  // By directory; all zero between two layers.
  private final long[] sizes;
  private final int[] cuts;

  Subtrees(View view, long threshold) {
    this.view = view;
    this.threshold = threshold;
    this.sizes = new long[view.size()];
    this.cuts = new int[view.size()];
    Arrays.fill(cuts, NONE);
  }

  /**
   * Cuts.
   *
   * @param files those of one source layer, in the order of paths
   * @param cut makes a number of a directory that is cut off
   * @return for each file the number of the directory it went with; -1 if it is left
   */
  int[] cut(int[] files, IntUnaryOperator cut) {
    int[] directories = directories(files);
    for (int file : files) {
      if (view.parent(file) >= 0) {
        sizes[view.parent(file)] += view.storedLength(file);
      }
    }
    for (int i = directories.length - 1; i >= 0; i--) {
      int directory = directories[i];
      if (sizes[directory] >= threshold) {
        cuts[directory] = cut.applyAsInt(directory);
      } else if (view.parent(directory) >= 0) {
        sizes[view.parent(directory)] += sizes[directory];
      }
    }
    int[] numbers = IntStream.of(files).map(this::nearest).toArray();
    for (int directory : directories) {
      sizes[directory] = 0;
      cuts[directory] = NONE;
    }
    return numbers;
  }

  private int nearest(int file) {
    int at = view.parent(file);
    while (at >= 0 && cuts[at] == NONE) {
      at = view.parent(at);
    }
    return at < 0 ? NONE : cuts[at];
  }

  /** All directories above the files, in the order of paths, which has parents first. */
  private int[] directories(int[] files) {
    List<Integer> found = new ArrayList<>();
    for (int file : files) {
      for (int at = view.parent(file); at >= 0 && sizes[at] == 0; at = view.parent(at)) {
        // Marks it as seen; taken back below.
        sizes[at] = -1;
        found.add(at);
      }
    }
    int[] directories = found.stream().mapToInt(Integer::intValue).sorted().toArray();
    for (int directory : directories) {
      sizes[directory] = 0;
    }
    return directories;
  }
}
