package io.outcrop.bench.refactor;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Entries that exactly the same images have. Stored once for each class, nothing that is equal is
 * stored twice.
 *
 * @param images indexes into the list of images
 * @param entries in the order of their paths
 */
record SharingClass(BitSet images, List<Entry> entries) {

  private record Holders(BitSet images, Entry entry) {}

  /** The classes of the images' entries. */
  static List<SharingClass> of(List<List<Entry>> images, Identity identity) {
    Map<Key, Holders> holders = new HashMap<>();
    for (int i = 0; i < images.size(); i++) {
      int image = i;
      for (Entry entry : images.get(i)) {
        identity
            .of(entry)
            .ifPresent(key ->
                holders
                    .computeIfAbsent(key, absent -> new Holders(new BitSet(), entry))
                    .images()
                    .set(image));
      }
    }
    Map<BitSet, List<Entry>> classes = new HashMap<>();
    for (Holders each : holders.values()) {
      classes.computeIfAbsent(each.images(), absent -> new ArrayList<>()).add(each.entry());
    }
    List<SharingClass> result = new ArrayList<>();
    classes.forEach((members, entries) -> {
      entries.sort(Comparator.comparing(Entry::path));
      result.add(new SharingClass(members, entries));
    });
    return result;
  }
}
