package io.outcrop.refactor.report;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What refactoring a set of images would bring, as far as it can be told without building a layer.
 *
 * @param before the images as they were
 * @param after the images as they would be; those that would be left are as they were
 * @param served what clients get today: what was refactored before, or else the originals
 */
public record Estimate(
    List<ImageStrata> before, List<ImageStrata> after, List<ImageStrata> served) {

  /** Copies what is mutable. */
  public Estimate {
    before = List.copyOf(before);
    after = List.copyOf(after);
    served = List.copyOf(served);
  }

  /** What the images cost as they were. */
  public Totals totalsBefore() {
    return Totals.of(before);
  }

  /** What they would cost. */
  public Totals totalsAfter() {
    return Totals.of(after);
  }

  /** Bytes that a node which holds all of the images, as they are served, would pull again. */
  public long pulledAgain() {
    Set<String> held = new HashSet<>();
    served.forEach(image -> image.strata().forEach(stratum -> held.add(stratum.blob())));
    long bytes = 0;
    for (ImageStrata image : after) {
      for (Stratum stratum : image.strata()) {
        bytes += held.add(stratum.blob()) ? stratum.bytes() : 0;
      }
    }
    return bytes;
  }
}
