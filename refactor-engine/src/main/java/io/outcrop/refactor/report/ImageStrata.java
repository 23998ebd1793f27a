package io.outcrop.refactor.report;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The layers of an image.
 *
 * @param image what it is called
 * @param strata its layers, bottom first
 */
public record ImageStrata(String image, List<Stratum> strata) {

  /** Copies what is mutable. */
  public ImageStrata {
    strata = List.copyOf(strata);
  }

  /** The compressed bytes of the image. */
  public long bytes() {
    Set<String> seen = new HashSet<>();
    return strata.stream()
        .filter(stratum -> seen.add(stratum.blob()))
        .mapToLong(Stratum::bytes)
        .sum();
  }

  /**
   * What names each layer together with all below it: runtimes unpack, and keep, a layer once for
   * each of these.
   */
  List<List<String>> chains() {
    List<List<String>> chains = new ArrayList<>();
    List<String> contents = strata.stream().map(Stratum::content).toList();
    for (int end = 1; end <= contents.size(); end++) {
      chains.add(contents.subList(0, end));
    }
    return chains;
  }
}
