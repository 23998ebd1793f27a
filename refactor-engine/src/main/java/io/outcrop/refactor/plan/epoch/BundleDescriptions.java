package io.outcrop.refactor.plan.epoch;

import io.outcrop.refactor.plan.Group;
import io.outcrop.refactor.plan.GroupKey;
import io.outcrop.refactor.view.View;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Describes bundles by the entries of images that hold them. Not thread-safe. */
final class BundleDescriptions {

  private final List<BitSet> stacked;
  private final List<SharingClass> shared;
  private final UsedClasses used;
  private final @Nullable Bundle[] described;

  BundleDescriptions(List<BitSet> stacked, List<SharingClass> shared, UsedClasses used) {
    this.stacked = stacked;
    this.shared = shared;
    this.used = used;
    this.described = new Bundle[stacked.size()];
  }

  boolean isComplete() {
    return Arrays.stream(described).allMatch(bundle -> bundle != null);
  }

  /** Describes the bundles that an image holds, if no image before has. */
  void describe(int image, View view, Units units, SharingClasses classes) throws IOException {
    List<IntStream.Builder> entries = new ArrayList<>();
    for (int number = 0; number < used.count(); number++) {
      entries.add(IntStream.builder());
    }
    for (int unit = 0; unit < units.count(); unit++) {
      int number = used.numberOf(classes.classOf(units, unit));
      if (number >= 0) {
        for (int entry = units.first(unit); entry >= 0; entry = units.nextName(entry)) {
          entries.get(number).add(entry);
        }
      }
    }
    List<int[]> entriesOf = entries.stream().map(builder -> builder.build().toArray()).toList();
    for (int number = 0; number < described.length; number++) {
      if (described[number] == null && isHeld(stacked.get(number), image)) {
        described[number] = describe(number, view, entriesOf);
      }
    }
  }

  private boolean isHeld(BitSet classes, int image) {
    return classes.stream().allMatch(number -> shared.get(number).images().get(image));
  }

  private Bundle describe(int number, View view, List<int[]> entriesOf) throws IOException {
    List<Integer> numbers = used.numbers(stacked.get(number));
    int[] entries = numbers.stream().flatMapToInt(of -> Arrays.stream(entriesOf.get(of))).toArray();
    if (entries.length == 0) {
      throw changed();
    }
    Group group = new Group("", entries);
    long bytes = stacked.get(number).stream().mapToLong(of -> shared.get(of).bytes()).sum();
    return new Bundle(BundleNames.name(view, group), GroupKey.of(view, group), bytes, numbers);
  }

  private static IOException changed() {
    return new IOException("an image of the corpus is another one than before; begin anew");
  }

  List<Bundle> bundles() throws IOException {
    List<Bundle> bundles = new ArrayList<>();
    for (Bundle bundle : described) {
      if (bundle == null) {
        throw changed();
      }
      bundles.add(bundle);
    }
    return bundles;
  }
}
