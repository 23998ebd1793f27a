package io.outcrop.bench.refactor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A layer for each of the largest source packages, and one for the rest: as apko does by default,
 * which groups by a package's origin.
 */
record LargestPackages(int budget) implements Grouping {

  @Override
  public String name() {
    return "apko-like, " + budget + " source packages";
  }

  @Override
  public List<List<Entry>> layers(PackagedTree image) {
    List<List<Entry>> bySize = new ArrayList<>(image.packages().values());
    bySize.sort(Comparator.comparingLong(Grouping::size).reversed());
    int own = Math.min(budget, bySize.size());
    List<List<Entry>> layers = new ArrayList<>(bySize.subList(0, own));
    List<Entry> rest = new ArrayList<>(image.rest());
    bySize.subList(own, bySize.size()).forEach(rest::addAll);
    rest.sort(Comparator.comparing(Entry::path));
    layers.add(rest);
    return layers;
  }
}
