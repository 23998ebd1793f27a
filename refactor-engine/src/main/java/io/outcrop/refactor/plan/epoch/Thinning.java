package io.outcrop.refactor.plan.epoch;

import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Makes stacks of fewer layers, where that costs least: by the bytes that are stored or unpacked
 * once more, for each layer that an image has less.
 */
final class Thinning {

  private final Strata strata;
  private final ImageTree tree;

  private Thinning(Strata strata) {
    this.strata = strata;
    this.tree = strata.tree();
  }

  /** One way to have fewer layers: how many less, of all images that count, and at what cost. */
  private record Move(long cost, int gain, Runnable change) {

    /** Cheapest first, by the layer. Bytes times images are far from the end of a long. */
    static final Comparator<Move> CHEAPEST =
        (a, b) -> Long.compare(a.cost * b.gain, b.cost * a.gain);
  }

  /**
   * Thins stacks.
   *
   * @param layerPrice how many bytes are worth a layer less of one image
   * @param maxLayers how many layers an image may have at last, whatever it costs; at least one
   */
  static void thin(Strata strata, long layerPrice, int maxLayers) {
    Thinning thinning = new Thinning(strata);
    thinning.whereItPays(layerPrice);
    thinning.until(maxLayers);
  }

  private void whereItPays(long layerPrice) {
    BitSet all = new BitSet();
    all.set(0, tree.images());
    for (int node : strata.preorder()) {
      Optional<Move> best = best(moves(node, all));
      while (best.isPresent() && best.get().cost < layerPrice * best.get().gain) {
        best.get().change.run();
        best = best(moves(node, all));
      }
    }
  }

  private void until(int maxLayers) {
    for (int image = 0; image < tree.images(); image++) {
      while (strata.layers(image) > maxLayers) {
        BitSet above = new BitSet();
        for (int other = image; other < tree.images(); other++) {
          above.set(other, strata.layers(other) > maxLayers);
        }
        Optional<Move> best = best(movesAbove(image, above));
        if (best.isPresent()) {
          best.get().change.run();
        } else {
          sinkLowest(image);
        }
      }
    }
  }

  /** Brings the lowest layer of the tree nearer to the private one, in which it ends at last. */
  private void sinkLowest(int image) {
    int node = tree.parent(image);
    while (!strata.hasJointLayer(node) && strata.alone(node).isEmpty()) {
      node = tree.parent(node);
    }
    if (strata.hasJointLayer(node)) {
      strata.sinkJoint(node);
    } else {
      int number = strata.alone(node).nextSetBit(0);
      if (strata.isVolatile(number)) {
        strata.makePrivate(node, number);
      } else {
        strata.sinkAlone(node, number);
      }
    }
  }

  /** All moves that leave an image with fewer layers. */
  private Stream<Move> movesAbove(int image, BitSet counted) {
    Stream<Move> moves = moves(image, counted);
    int below = image;
    for (int node = tree.parent(image); node != ImageTree.NONE; node = tree.parent(node)) {
      moves = Stream.concat(moves, moves(node, counted, below));
      below = node;
    }
    return moves;
  }

  private static Optional<Move> best(Stream<Move> moves) {
    return moves.min(Move.CHEAPEST);
  }

  private Stream<Move> moves(int node, BitSet counted) {
    return Stream.concat(keeping(node, counted), sinking(node, counted));
  }

  /** Of these, what sinks has to find a joint layer on one side, or else gains nothing there. */
  private Stream<Move> moves(int node, BitSet counted, int side) {
    return strata.joinsFreely(side) ? moves(node, counted) : keeping(node, counted);
  }

  /** What makes a layer less for all images below. */
  private Stream<Move> keeping(int node, BitSet counted) {
    int gain = count(strata.below(node), counted);
    return gain == 0
        ? Stream.empty()
        : Stream.concat(joining(node, gain), becomingPrivate(node, gain));
  }

  private Stream<Move> becomingPrivate(int node, int gain) {
    return smallest(node, true)
        .map(number ->
            new Move(
                strata.costOfPrivacy(node, number), gain, () -> strata.makePrivate(node, number)))
        .stream();
  }

  private Optional<Integer> smallest(int node, boolean isVolatile) {
    return strata.alone(node).stream()
        .filter(number -> strata.isVolatile(number) == isVolatile)
        .boxed()
        .min(Comparator.comparingLong(strata::bytes).thenComparingInt(number -> number));
  }

  private Stream<Move> joining(int node, int gain) {
    List<Integer> cheapest =
        strata.alone(node).stream()
            .filter(number -> !strata.isVolatile(number))
            .boxed()
            .sorted(
                Comparator.comparingLong(strata::costOfJoining).thenComparingInt(number -> number))
            .limit(2)
            .toList();
    if (cheapest.size() < (strata.joinsFreely(node) ? 1 : 2)) {
      return Stream.empty();
    }
    int first = cheapest.getFirst();
    if (strata.joinsFreely(node)) {
      return Stream.of(new Move(strata.costOfJoining(first), gain, () -> strata.join(node, first)));
    }
    int second = cheapest.getLast();
    return Stream.of(
        new Move(
            strata.costOfJoining(first) + strata.costOfJoining(second),
            gain,
            () -> {
              strata.join(node, first);
              strata.join(node, second);
            }));
  }

  private Stream<Move> sinking(int node, BitSet counted) {
    if (tree.isLeaf(node)) {
      return Stream.empty();
    }
    int gain = gainBelow(tree.left(node), counted) + gainBelow(tree.right(node), counted);
    if (gain == 0) {
      return Stream.empty();
    }
    if (strata.hasJointLayer(node)) {
      // Stored once more, and unpacked once more.
      return Stream.of(new Move(2 * strata.jointBytes(node), gain, () -> strata.sinkJoint(node)));
    }
    return smallest(node, false)
        .map(number ->
            new Move(
                2 * strata.bytes(number) + strata.costOfJoining(number),
                gain,
                () -> strata.sinkAlone(node, number)))
        .stream();
  }

  private int gainBelow(int node, BitSet counted) {
    return strata.joinsFreely(node) ? count(strata.below(node), counted) : 0;
  }

  private static int count(BitSet images, BitSet counted) {
    BitSet both = (BitSet) images.clone();
    both.and(counted);
    return both.cardinality();
  }
}
