package io.outcrop.refactor.plan.epoch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The stacks of all images of a corpus as one tree of layers: images with the same lowest layers
 * share them.
 *
 * @param bundles the different layers, each by the classes it is made of
 * @param placements which bundle lies right above which placement, those below first
 */
record Stacks(List<BitSet> bundles, List<Placement> placements) {

  /** Reads the stacks off what lies at the nodes of a tree of images. */
  static Stacks of(Strata strata) {
    Map<BitSet, Integer> numbers = new HashMap<>();
    List<BitSet> bundles = new ArrayList<>();
    List<Placement> placements = new ArrayList<>();
    ImageTree tree = strata.tree();
    int[] tops = new int[tree.nodes()];
    Arrays.fill(tops, Placement.BOTTOM);
    for (int node : strata.preorder()) {
      int top = node == tree.root() ? Placement.BOTTOM : tops[tree.parent(node)];
      for (BitSet bundle : layers(strata, node)) {
        Integer known = numbers.putIfAbsent(bundle, bundles.size());
        if (known == null) {
          bundles.add(bundle);
        }
        placements.add(new Placement(top, known == null ? bundles.size() - 1 : known));
        top = placements.size() - 1;
      }
      tops[node] = top;
    }
    return new Stacks(List.copyOf(bundles), List.copyOf(placements));
  }

  /** The layers at a node: what most images share is lowest, then the joint one, then volatiles. */
  private static List<BitSet> layers(Strata strata, int node) {
    List<BitSet> layers = new ArrayList<>(alone(strata, node, false));
    if (strata.hasJointLayer(node)) {
      BitSet joint = new BitSet();
      strata.joint(node).stream().forEach(number -> joint.or(strata.members(number)));
      layers.add(joint);
    }
    layers.addAll(alone(strata, node, true));
    return layers;
  }

  private static List<BitSet> alone(Strata strata, int node, boolean isVolatile) {
    List<SharingClass> classes = strata.tree().classes();
    return strata.alone(node).stream()
        .filter(number -> strata.isVolatile(number) == isVolatile)
        .boxed()
        .sorted(
            Comparator.comparingInt((Integer number) -> -classes.get(number).holders())
                .thenComparingLong(number -> -strata.bytes(number))
                .thenComparingInt(number -> number))
        .map(strata::members)
        .toList();
  }
}
