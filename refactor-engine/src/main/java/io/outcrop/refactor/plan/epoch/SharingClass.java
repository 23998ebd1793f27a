package io.outcrop.refactor.plan.epoch;

import java.util.Arrays;
import java.util.BitSet;

/**
 * All units that the same images hold, and that are volatile or not.
 *
 * @param images which; not to be changed
 * @param bytes their content, unpacked
 * @param isVolatile whether these are {@link VolatileFiles}
 * @param number what {@link SharingClasses} calls it
 */
record SharingClass(BitSet images, long bytes, boolean isVolatile, int number) {

  /** How many images hold it. */
  int holders() {
    return images.cardinality();
  }

  /** Orders classes; any order will do that depends on nothing but what they are. */
  static int compare(SharingClass a, SharingClass b) {
    int order = Arrays.compareUnsigned(a.images.toLongArray(), b.images.toLongArray());
    return order != 0 ? order : Boolean.compare(a.isVolatile, b.isVolatile);
  }
}
