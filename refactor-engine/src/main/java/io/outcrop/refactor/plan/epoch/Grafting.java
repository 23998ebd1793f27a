package io.outcrop.refactor.plan.epoch;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Improves a tree of images: takes off one part after another and puts it where it saves most, as
 * is done with the trees of phylogeny (subtree pruning and regrafting), until that helps no more.
 * What was joined early by {@link Clustering} is seldom best in the end, where images have two
 * histories: a base, and a program, each in several versions.
 */
final class Grafting {

  /** How many places are tried in all: some seconds, for the largest corpora. */
  private static final long MOST_TRIALS = 4_000_000;

  private final ImageTree tree;
  private long trials;
  private long bestGain;
  private int bestPlace;

  private Grafting(ImageTree tree) {
    this.tree = tree;
  }

  static void improve(ImageTree tree) {
    Grafting grafting = new Grafting(tree);
    while (grafting.round()) {
      // Each makes the tree better.
    }
  }

  /** Tries every part once; whether one has found a better place. */
  private boolean round() {
    boolean better = false;
    for (int node = 0; node < tree.nodes() && trials < MOST_TRIALS; node++) {
      if (node != tree.root()) {
        better |= move(node);
      }
    }
    return better && trials < MOST_TRIALS;
  }

  private boolean move(int node) {
    long before = tree.saved();
    int formerPlace = tree.sibling(node);
    int free = tree.prune(node);
    // The free node counts no more, as its bytes are stale.
    long without = tree.saved() - tree.bytes(free);
    bestGain = before - without;
    bestPlace = formerPlace;
    search(node);
    tree.graft(node, free, bestPlace);
    return bestPlace != formerPlace;
  }

  /** A place with what the nodes above it lose if the part comes below them. */
  private record Place(int node, long loss) {}

  private void search(int part) {
    Deque<Place> places = new ArrayDeque<>();
    places.push(new Place(tree.root(), 0));
    while (!places.isEmpty()) {
      Place place = places.pop();
      trials++;
      long inCommon = tree.bytesInCommon(place.node, part);
      if (inCommon - place.loss > bestGain) {
        bestGain = inCommon - place.loss;
        bestPlace = place.node;
      }
      if (!tree.isLeaf(place.node)) {
        long loss = place.loss + tree.bytes(place.node) - inCommon;
        places.push(new Place(tree.right(place.node), loss));
        places.push(new Place(tree.left(place.node), loss));
      }
    }
  }
}
