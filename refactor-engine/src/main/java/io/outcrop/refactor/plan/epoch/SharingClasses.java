package io.outcrop.refactor.plan.epoch;

import io.outcrop.refactor.model.FilePath;
import io.outcrop.refactor.plan.VolatilePaths;
import io.outcrop.refactor.plan.epoch.SharingClass.Kind;
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

  // The classes of units that no image has had, by the kind they begin with.
  private static final int NEW_BASE = 0;
  private static final int NEW_ADDED = 1;
  private static final int NEW_VOLATILE = 2;
  private static final int FIRST = 3;

  private final UnitTable table = new UnitTable();
  // A class is another one and one more image.
  private int[] without = new int[1024];
  private int[] lastImages = new int[1024];
  private long[] bytes = new long[1024];
  private int[] units = new int[1024];
  // By class, which of the new ones it is of a kind with.
  private byte[] kinds = new byte[1024];
  private int size = FIRST;

  SharingClasses() {
    kinds[NEW_ADDED] = NEW_ADDED;
    kinds[NEW_VOLATILE] = NEW_VOLATILE;
  }

  /** Adds an image: one number after another, beginning with 0. */
  void add(int image, View view, Units added) {
    int[][] extended = new int[FIRST][size];
    for (int unit = 0; unit < added.count(); unit++) {
      int before = table.get(added.high(unit), added.low(unit));
      boolean isLowest = view.layer(added.first(unit)) == 0;
      if (before == UnitTable.ABSENT) {
        before = newClass(view.path(added.first(unit)), isLowest);
      }
      int kind = kinds[before] == NEW_BASE && !isLowest ? NEW_ADDED : kinds[before];
      if (before >= extended[kind].length) {
        // Twice in one image: only two units whose hashes begin alike can be.
        continue;
      }
      if (extended[kind][before] == 0) {
        extended[kind][before] = create(before, image, kind);
      }
      int after = extended[kind][before];
      long length = view.length(added.first(unit));
      if (before >= FIRST) {
        bytes[before] -= length;
        units[before]--;
      }
      bytes[after] += length;
      units[after]++;
      table.put(added.high(unit), added.low(unit), after);
    }
  }

  private static int newClass(FilePath path, boolean isLowest) {
    if (VolatilePaths.contains(path.toString())) {
      return NEW_VOLATILE;
    }
    return isLowest ? NEW_BASE : NEW_ADDED;
  }

  private int create(int before, int image, int kind) {
    if (size == without.length) {
      int larger = 2 * size;
      without = Arrays.copyOf(without, larger);
      lastImages = Arrays.copyOf(lastImages, larger);
      bytes = Arrays.copyOf(bytes, larger);
      units = Arrays.copyOf(units, larger);
      kinds = Arrays.copyOf(kinds, larger);
    }
    without[size] = before;
    lastImages[size] = image;
    kinds[size] = (byte) kind;
    return size++;
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
    long[] saved = new long[size];
    int count = 0;
    for (int number = FIRST; number < size; number++) {
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
        shared.add(new SharingClass(images(number, ranks), bytes[number], kind(number), number));
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

  private Kind kind(int number) {
    return switch (kinds[number]) {
      case NEW_BASE -> Kind.BASE;
      case NEW_ADDED -> Kind.ADDED;
      default -> Kind.VOLATILE;
    };
  }

  private BitSet images(int number, int[] ranks) {
    BitSet images = new BitSet();
    for (int at = number; at >= FIRST; at = without[at]) {
      images.set(ranks[lastImages[at]]);
    }
    return images;
  }
}
