package io.outcrop.refactor.plan.intrinsic;

import io.outcrop.refactor.view.View;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Which entries of a view belong to which component.
 *
 * <p>The outcome does not depend on the order in which claims come: a volatile file is nobody's,
 * ecosystems come in the order in which they are listed, and what two of the same one claim is
 * nobody's.
 */
final class Claims {

  /** The owner of what belongs to no component. */
  static final int NOBODY = -1;

  private static final byte FREE = 0;
  private static final byte VOLATILE = Byte.MAX_VALUE;
  // What two of a rank claim has the rank above.
  private static final byte CONTESTED = 1;

  private final View view;
  private final int[] owners;
  private final byte[] ranks;
  private final List<Byte> rankOf = new ArrayList<>();
  private final List<Optional<Component>> components = new ArrayList<>();

  Claims(View view) {
    this.view = view;
    this.owners = new int[view.size()];
    this.ranks = new byte[view.size()];
    Arrays.fill(owners, NOBODY);
  }

  /** A number to claim with; without {@link #describe} its claims come to nothing. */
  int open(Ecosystem ecosystem) {
    rankOf.add((byte) (2 * ecosystem.precedence()));
    components.add(Optional.empty());
    return components.size() - 1;
  }

  /** A number to claim with. */
  int open(Component component) {
    int owner = open(component.ecosystem());
    describe(owner, component);
    return owner;
  }

  /** Says what a number is; only the first time counts. */
  void describe(int owner, Component component) {
    if (components.get(owner).isEmpty()) {
      components.set(owner, Optional.of(component));
    }
  }

  /** Marks an entry as what may differ between images of the same packages. */
  void claimVolatile(int entry) {
    owners[entry] = NOBODY;
    ranks[entry] = VOLATILE;
  }

  /** Claims an entry; directories belong to nobody. */
  void claim(int entry, int owner) {
    byte rank = rankOf.get(owner);
    if (view.isDirectory(entry) || ranks[entry] > rank) {
      return;
    }
    if (ranks[entry] < rank) {
      ranks[entry] = rank;
      owners[entry] = owner;
    } else if (owners[entry] != owner) {
      ranks[entry] = (byte) (rank + CONTESTED);
      owners[entry] = NOBODY;
    }
  }

  /**
   * Ends claiming: names of a file go where the smallest of them goes that belongs to somebody, and
   * what was never described is gone.
   */
  void settle() {
    for (int entry = 0; entry < owners.length; entry++) {
      if (owners[entry] != NOBODY && components.get(owners[entry]).isEmpty()) {
        owners[entry] = NOBODY;
        ranks[entry] = FREE;
      }
      int first = view.firstName(entry);
      if (owners[first] == NOBODY && ranks[first] != VOLATILE) {
        owners[first] = owners[entry];
        ranks[first] = ranks[entry];
      }
    }
    for (int entry = 0; entry < owners.length; entry++) {
      owners[entry] = owners[view.firstName(entry)];
      ranks[entry] = ranks[view.firstName(entry)];
    }
  }

  /** How many components there are, those without an entry among them. */
  int components() {
    return components.size();
  }

  Component component(int owner) {
    return components.get(owner).orElseThrow();
  }

  /** The number of the component an entry belongs to, or {@link #NOBODY}. */
  int owner(int entry) {
    return owners[entry];
  }

  boolean isVolatile(int entry) {
    return ranks[entry] == VOLATILE;
  }
}
