package io.outcrop.refactor.plan.epoch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Chooses the order of the bundles an image holds. Of all stacks of the document, one that shares
 * most from the bottom on without a gap, as only that is unpacked already; of such, one of which
 * most is held further up. On it comes what else is held, the largest first.
 */
final class StackChoice {

  private final List<Placement> placements;
  private final HeldBundles held;
  // By placement, in the best stack that goes on above it:
  // bytes held without a gap, where this one and all below are held,
  private final long[] unbroken;
  // bytes held behind the first gap of that stack,
  private final long[] behind;
  // what comes next;
  private final int[] next;
  // the same in the stack of which most is held with gaps or without.
  private final long[] anywhere;
  private final int[] nextAnywhere;

  private StackChoice(List<Placement> placements, HeldBundles held) {
    this.placements = placements;
    this.held = held;
    int size = placements.size() + 1;
    this.unbroken = new long[size];
    this.behind = new long[size];
    this.next = none(size);
    this.anywhere = new long[size];
    this.nextAnywhere = none(size);
  }

  private static int[] none(int size) {
    int[] array = new int[size];
    Arrays.fill(array, -1);
    return array;
  }

  /** The bundles held, in the order in which they lie on each other. */
  static List<Integer> order(EpochDocument epoch, HeldBundles held) {
    Set<Integer> order = new LinkedHashSet<>(new StackChoice(epoch.placements(), held).bestStack());
    List<Integer> others = new ArrayList<>();
    held.numbers().forEach(others::add);
    others.sort(Comparator.comparingLong(bundle -> -held.bytes(bundle)));
    order.addAll(others);
    return List.copyOf(order);
  }

  private List<Integer> bestStack() {
    // Those above come after, and so are known first. The place before the first is the bottom.
    for (int number = placements.size() - 1; number >= 0; number--) {
      offer(number + 1, placements.get(number).below() + 1);
    }
    List<Integer> stack = new ArrayList<>();
    boolean broken = false;
    for (int at = next[0]; at > 0; at = broken ? nextAnywhere[at] : next[at]) {
      int bundle = placements.get(at - 1).bundle();
      if (held.group(bundle).isPresent()) {
        stack.add(bundle);
      } else {
        broken = true;
      }
    }
    return stack;
  }

  /** Offers a placement, with the best above it, as the next above another. */
  private void offer(int at, int below) {
    long bytes = held.bytes(placements.get(at - 1).bundle());
    boolean isHeld = held.group(placements.get(at - 1).bundle()).isPresent();
    long whole = bytes + anywhere[at];
    if (nextAnywhere[below] < 0 || whole >= anywhere[below]) {
      anywhere[below] = whole;
      nextAnywhere[below] = at;
    }
    long offered = isHeld ? bytes + unbroken[at] : 0;
    long offeredBehind = isHeld ? behind[at] : whole;
    if (next[below] < 0
        || offered > unbroken[below]
        || (offered == unbroken[below] && offeredBehind >= behind[below])) {
      unbroken[below] = offered;
      behind[below] = offeredBehind;
      next[below] = at;
    }
  }
}
