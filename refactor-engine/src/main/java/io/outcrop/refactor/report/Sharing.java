package io.outcrop.refactor.report;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** Which images have which layers in common. Immutable. */
public final class Sharing {

  private final Map<String, SortedSet<String>> images = new HashMap<>();

  /** Looks at some images. */
  public Sharing(List<ImageStrata> all) {
    for (ImageStrata image : all) {
      for (Stratum stratum : image.strata()) {
        images.computeIfAbsent(stratum.blob(), _ -> new TreeSet<>()).add(image.image());
      }
    }
  }

  /** The other images that have a layer of an image, in the order of their names. */
  public List<String> others(ImageStrata image, Stratum stratum) {
    return images.getOrDefault(stratum.blob(), new TreeSet<>()).stream()
        .filter(other -> !other.equals(image.image()))
        .toList();
  }

  /** Bytes of an image that other images have too. */
  public long sharedBytes(ImageStrata image) {
    Set<String> seen = new HashSet<>();
    return image.strata().stream()
        .filter(stratum -> seen.add(stratum.blob()) && !others(image, stratum).isEmpty())
        .mapToLong(Stratum::bytes)
        .sum();
  }
}
