package io.outcrop.refactor.plan.epoch;

import io.outcrop.refactor.plan.EntrySet;
import io.outcrop.refactor.plan.Group;
import io.outcrop.refactor.plan.GroupKey;
import io.outcrop.refactor.view.View;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The bundles of a document that an image holds whole and unmodified. */
final class HeldBundles {

  private final List<Bundle> bundles;
  private final Map<Integer, Group> groups = new TreeMap<>();

  HeldBundles(View view, EntrySet among, EpochDocument epoch, KeyIndex index) {
    this.bundles = epoch.bundles();
    HeldClasses classes = new HeldClasses(view, among, epoch.classes(), index);
    for (int number = 0; number < bundles.size(); number++) {
      Bundle bundle = bundles.get(number);
      if (classes.holds(bundle.classes())) {
        Group group = new Group(bundle.name(), classes.entries(bundle.classes()));
        // Keys of entries only say where to look.
        if (GroupKey.of(view, group).equals(bundle.key())) {
          groups.put(number, group);
        }
      }
    }
  }

  /** The numbers of the bundles held. */
  Iterable<Integer> numbers() {
    return groups.keySet();
  }

  /** The entries of a bundle, if it is held. */
  Optional<Group> group(int bundle) {
    return Optional.ofNullable(groups.get(bundle));
  }

  /** The bytes of a bundle, if it is held; otherwise 0. */
  long bytes(int bundle) {
    return groups.containsKey(bundle) ? bundles.get(bundle).bytes() : 0;
  }
}
