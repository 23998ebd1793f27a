package io.outcrop.refactor.plan.epoch;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** The sharing classes that bundles consist of, numbered as in a document. Immutable. */
final class UsedClasses {

  private static final int UNUSED = -1;

  private final int[] shared;
  // By the number that SharingClasses has for it.
  private final int[] numbers;
  private final EntryKeys[] keys;

  UsedClasses(List<SharingClass> classes, List<BitSet> bundles, SharingClasses units) {
    BitSet used = new BitSet();
    bundles.forEach(used::or);
    this.shared = used.stream().toArray();
    this.numbers = new int[classes.stream().mapToInt(SharingClass::number).max().orElse(0) + 1];
    Arrays.fill(numbers, UNUSED);
    for (int number = 0; number < shared.length; number++) {
      numbers[classes.get(shared[number]).number()] = number;
    }
    this.keys = keys(units);
  }

  private EntryKeys[] keys(SharingClasses units) {
    int[] counts = new int[shared.length];
    units.forEach((_, of) -> {
      if (number(of) != UNUSED) {
        counts[number(of)]++;
      }
    });
    long[][] collected = new long[shared.length][];
    Arrays.setAll(collected, number -> new long[counts[number]]);
    units.forEach((high, of) -> {
      if (number(of) != UNUSED) {
        collected[number(of)][--counts[number(of)]] = EntryKeys.key(high);
      }
    });
    EntryKeys[] made = new EntryKeys[shared.length];
    // Units with equal keys, which only who seeks them finds, make a class that no image holds.
    Arrays.setAll(
        made,
        number ->
            EntryKeys.ofAscending(Arrays.stream(collected[number]).sorted().distinct().toArray()));
    return made;
  }

  private int number(int of) {
    return of < numbers.length ? numbers[of] : UNUSED;
  }

  /** The number in a document of one of {@link SharingClasses}; negative if it is not used. */
  int numberOf(int of) {
    return of < 0 ? UNUSED : number(of);
  }

  /** The numbers in a document of a set of classes, ascending. */
  List<Integer> numbers(BitSet classes) {
    return classes.stream().mapToObj(of -> Arrays.binarySearch(shared, of)).toList();
  }

  /** How many there are. */
  int count() {
    return shared.length;
  }

  List<EntryKeys> keys() {
    return List.of(keys);
  }
}
