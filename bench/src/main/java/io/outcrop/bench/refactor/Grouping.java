package io.outcrop.bench.refactor;

import java.util.List;

/** A way to cut an image into layers that looks at nothing but the image. */
interface Grouping {

  String name();

  /** The entries of each layer, from the lowest to the highest, none of them empty. */
  List<List<Entry>> layers(PackagedTree image);

  /** Bytes of content. */
  static long size(List<Entry> entries) {
    return entries.stream().mapToLong(Entry::size).sum();
  }
}
