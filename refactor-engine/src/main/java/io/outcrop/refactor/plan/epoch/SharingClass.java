package io.outcrop.refactor.plan.epoch;

import java.util.Arrays;
import java.util.BitSet;

/**
 * All units that the same images hold.
 *
 * @param images which; not to be changed
 * @param bytes their content, unpacked
 * @param number what {@link SharingClasses} calls it
 */
record SharingClass(BitSet images, long bytes, int number) {

  /** How many images hold it. */
  int holders() {
    return images.cardinality();
  }

  /** Orders sets of images; any order will do that depends on nothing but the sets. */
  static int compareImages(SharingClass a, SharingClass b) {
    return Arrays.compareUnsigned(a.images.toLongArray(), b.images.toLongArray());
  }
}
