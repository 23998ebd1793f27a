package io.outcrop.bench.refactor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * As chunkah does for a given number of layers: source packages that are large outliers have a
 * layer of their own, the others share layers by a hash of their names. Files of 1 MB and more that
 * no package has count as a package each. How often a package changes is not known of Debian's, so
 * all count as equally stable.
 */
record BinnedPackages(int budget) implements Grouping {

  private static final long BIG_FILE = 1 << 20;
  private static final double OUTLIER = 1.5;
  private static final double MOST_OUTLIERS = 0.8;

  @Override
  public String name() {
    return "chunkah-like, " + budget + " layers";
  }

  @Override
  public List<List<Entry>> layers(PackagedTree image) {
    Map<String, List<Entry>> components = new TreeMap<>(image.packages());
    List<Entry> rest = new ArrayList<>();
    for (Entry entry : image.rest()) {
      // A link goes where the file is. No package has a slash in its name.
      String file = "/" + (entry.type() == Entry.HARD_LINK ? entry.link() : entry.path());
      if (entry.size() >= BIG_FILE || components.containsKey(file)) {
        components.computeIfAbsent(file, absent -> new ArrayList<>()).add(entry);
      } else {
        rest.add(entry);
      }
    }
    List<List<Entry>> layers = new ArrayList<>();
    packed(components, budget - 1)
        .forEach(layer -> {
          layer.sort(Comparator.comparing(Entry::path));
          layers.add(layer);
        });
    layers.add(rest);
    return layers;
  }

  private static List<List<Entry>> packed(Map<String, List<Entry>> components, int most) {
    List<List<Entry>> layers = new ArrayList<>();
    if (components.size() <= most) {
      components.values().forEach(component -> layers.add(new ArrayList<>(component)));
      return layers;
    }
    double limit = outlierLimit(components);
    List<String> bySize = new ArrayList<>(components.keySet());
    bySize.sort(
        Comparator.comparingLong(
            (String name) -> -Grouping.size(components.getOrDefault(name, List.of()))));
    int own = 0;
    int mostOwn = (int) ((most - 1) * MOST_OUTLIERS);
    while (own < mostOwn
        && Grouping.size(components.getOrDefault(bySize.get(own), List.of())) >= limit) {
      layers.add(new ArrayList<>(components.getOrDefault(bySize.get(own), List.of())));
      own++;
    }
    layers.addAll(binned(components, bySize.subList(own, bySize.size()), most - own));
    return layers;
  }

  /** Median and median absolute deviation; where that vanishes, the median stands for it. */
  private static double outlierLimit(Map<String, List<Entry>> components) {
    double[] sizes = components.values().stream().mapToDouble(Grouping::size).toArray();
    double median = median(sizes);
    double deviation = median(Arrays.stream(sizes).map(size -> Math.abs(size - median)).toArray());
    return median + OUTLIER * (deviation < median / 100 ? median : deviation);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  /** By hash; then bins that got nothing take the largest from those with more than one. */
  private static List<List<Entry>> binned(
      Map<String, List<Entry>> components, List<String> largestFirst, int count) {
    List<List<String>> bins = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      bins.add(new ArrayList<>());
    }
    largestFirst.forEach(
        name -> bins.get((int) Long.remainderUnsigned(hash(name), count)).add(name));
    for (String name : largestFirst) {
      List<String> from = bins.get((int) Long.remainderUnsigned(hash(name), count));
      int empty = lastEmpty(bins);
      if (empty >= 0 && from.size() > 1) {
        from.remove(name);
        bins.get(empty).add(name);
      }
    }
    List<List<Entry>> layers = new ArrayList<>();
    for (List<String> bin : bins) {
      List<Entry> layer = new ArrayList<>();
      bin.forEach(name -> layer.addAll(components.getOrDefault(name, List.of())));
      if (!layer.isEmpty()) {
        layers.add(layer);
      }
    }
    return layers;
  }

  private static int lastEmpty(List<List<String>> bins) {
    int last = bins.size() - 1;
    while (last >= 0 && !bins.get(last).isEmpty()) {
      last--;
    }
    return last;
  }

  /** FNV-1a. */
  private static long hash(String name) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < name.length(); i++) {
      hash = (hash ^ name.charAt(i)) * 0x100000001b3L;
    }
    return hash;
  }
}
