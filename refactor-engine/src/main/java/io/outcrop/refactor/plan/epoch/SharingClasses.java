package io.outcrop.refactor.plan.epoch;

import io.outcrop.refactor.view.View;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Which images hold which units, by refining a partition: a unit of the next image moves from the
 * class of the images that have had it so far to the class with that image added. So all that is
 * kept of a unit is its hash and the number of its class. Not thread-safe.
 */
final class SharingClasses {

  /** Stand for the classes of units that no image has had. */
  private static final int NEW = 0;

  private static final int NEW_VOLATILE = 1;
  private static final int FIRST = 2;

  private final UnitTable table = new UnitTable();
  // A class is another one and one more image.
  private int[] without = new int[1024];
  private int[] lastImages = new int[1024];
  private long[] bytes = new long[1024];
  private int[] units = new int[1024];
  private int size = FIRST;

  /** Adds an image: one number after another, beginning with 0. */
  void add(int image, View view, Units added) {
    int[] extended = new int[size];
    for (int unit = 0; unit < added.count(); unit++) {
      long high = added.high(unit);
      long low = added.low(unit);
      int before = table.get(high, low);
      if (before == UnitTable.ABSENT) {
        String path = view.path(added.first(unit)).toString();
        before = VolatileFiles.contains(path) ? NEW_VOLATILE : NEW;
      }
      if (before >= extended.length) {
        // Twice in one image: only two units whose hashes begin alike can be.
        continue;
      }
      if (extended[before] == 0) {
        extended[before] = create(before, image);
      }
      int after = extended[before];
      long length = view.length(added.first(unit));
      if (before >= FIRST) {
        bytes[before] -= length;
        units[before]--;
      }
      bytes[after] += length;
      units[after]++;
      table.put(high, low, after);
    }
  }

  private int create(int before, int image) {
    if (size == without.length) {
      int larger = 2 * size;
      without = Arrays.copyOf(without, larger);
      lastImages = Arrays.copyOf(lastImages, larger);
      bytes = Arrays.copyOf(bytes, larger);
      units = Arrays.copyOf(units, larger);
    }
    without[size] = before;
    lastImages[size] = image;
    return size++;
  }

  /** How many different units there are. */
  int units() {
    return table.size();
  }

  /** The number of a unit's class; negative if no image holds it. */
  int classOf(Units of, int unit) {
    return table.get(of.high(unit), of.low(unit));
  }

  /** All units with the numbers of their classes. */
  void forEach(UnitTable.Visitor visitor) {
    table.forEach(visitor);
  }

  /**
   * The classes that two or more images hold, sorted by their images; of very many, those that save
   * most.
   *
   * @param ranks new numbers of the images
   * @param most how many classes at most
   */
  List<SharingClass> shared(int[] ranks, int most) {
    int[] holders = new int[size];
    BitSet isVolatile = new BitSet(size);
    isVolatile.set(NEW_VOLATILE);
    long[] saved = new long[size];
    int count = 0;
    for (int number = FIRST; number < size; number++) {
      isVolatile.set(number, isVolatile.get(without[number]));
      holders[number] = holders[without[number]] + 1;
      if (units[number] > 0 && holders[number] > 1) {
        saved[count++] = Math.max(1, (holders[number] - 1) * bytes[number]);
      }
    }
    long least = least(Arrays.copyOf(saved, count), most);
    List<SharingClass> shared = new ArrayList<>();
    for (int number = FIRST; number < size; number++) {
      if (units[number] > 0
          && holders[number] > 1
          && Math.max(1, (holders[number] - 1) * bytes[number]) >= least) {
        shared.add(
            new SharingClass(images(number, ranks), bytes[number], isVolatile.get(number), number));
      }
    }
    shared.sort(SharingClass::compare);
    return shared;
  }

  /** So much that no more than a number of values are as large: none of equal ones is preferred. */
  private static long least(long[] values, int most) {
    if (values.length <= most) {
      return 0;
    }
    Arrays.sort(values);
    return values[values.length - most - 1] + 1;
  }

  private BitSet images(int number, int[] ranks) {
    BitSet images = new BitSet();
    for (int at = number; at >= FIRST; at = without[at]) {
      images.set(ranks[lastImages[at]]);
    }
    return images;
  }
}
