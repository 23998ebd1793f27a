package io.outcrop.refactor.plan.epoch;

import io.outcrop.refactor.plan.VolatilePaths;
import java.util.Arrays;
import java.util.BitSet;

/**
 * All units of one kind that the same images hold.
 *
 * @param images which; not to be changed
 * @param bytes their content, unpacked
 * @param kind what the units have in common otherwise
 * @param number what {@link SharingClasses} calls it
 */
record SharingClass(BitSet images, long bytes, Kind kind, int number) {

  /** How far units are to be trusted to stay together. */
  enum Kind {
    /**
     * In the lowest layer of all images that hold it: in every image that is built upon that layer.
     */
    BASE,
    /** Put there by what was installed upon a base, in some images at least. */
    ADDED,
    /** One of {@link VolatilePaths}. */
    VOLATILE
  }

  /** How many images hold it. */
  int holders() {
    return images.cardinality();
  }

  /** Orders classes; any order will do that depends on nothing but what they are. */
  static int compare(SharingClass a, SharingClass b) {
    int order = Arrays.compareUnsigned(a.images.toLongArray(), b.images.toLongArray());
    return order != 0 ? order : a.kind.compareTo(b.kind);
  }
}
