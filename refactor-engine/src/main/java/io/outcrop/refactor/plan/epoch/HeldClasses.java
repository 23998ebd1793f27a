package io.outcrop.refactor.plan.epoch;

import io.outcrop.refactor.plan.EntrySet;
import io.outcrop.refactor.view.View;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Which classes of a document an image seems to hold whole, by their keys. Immutable. */
final class HeldClasses {

  private static final int ABSENT = -1;

  private final Units units;
  private final KeyIndex index;
  // By key, the unit of the image that has it.
  private final int[] unitOf;
  private final boolean[] held;
  private final List<int[]> keysOf = new ArrayList<>();

  /**
   * @param among entries of the image that may be taken
   */
  HeldClasses(View view, EntrySet among, List<EntryKeys> classes, KeyIndex index) {
    this.units = Units.of(view);
    this.index = index;
    this.unitOf = new int[index.size()];
    this.held = new boolean[classes.size()];
    Arrays.fill(unitOf, ABSENT);
    Arrays.fill(held, true);
    match(among);
    collect(classes);
  }

  private void match(EntrySet among) {
    for (int unit = 0; unit < units.count(); unit++) {
      if (!among.contains(units.first(unit))) {
        continue;
      }
      long key = EntryKeys.key(units.high(unit));
      for (int number = index.first(key); index.isKey(number, key); number++) {
        if (unitOf[number] == ABSENT) {
          unitOf[number] = unit;
        } else {
          // Two of one key: which of them is meant, nobody can say.
          held[index.classOf(number)] = false;
        }
      }
    }
  }

  private void collect(List<EntryKeys> classes) {
    int[] found = new int[classes.size()];
    for (EntryKeys keys : classes) {
      keysOf.add(new int[keys.size()]);
    }
    for (int number = 0; number < unitOf.length; number++) {
      int of = index.classOf(number);
      if (unitOf[number] == ABSENT) {
        held[of] = false;
      } else {
        keysOf.get(of)[found[of]++] = number;
      }
    }
  }

  /** Whether all entries of some classes seem to be there. */
  boolean holds(List<Integer> classes) {
    return classes.stream().allMatch(number -> held[number]);
  }

  /** The entries of some classes, all of which are held, with all names of files; none twice. */
  int[] entries(List<Integer> classes) {
    return classes.stream()
        .flatMapToInt(number -> Arrays.stream(keysOf.get(number)))
        .flatMap(key ->
            IntStream.iterate(units.first(unitOf[key]), entry -> entry >= 0, units::nextName))
        .distinct()
        .toArray();
  }
}
