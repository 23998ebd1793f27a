package io.outcrop.bench.cache.workload;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** The contents of a generated workload: what they are, and how large among their like. */
final class ContentTable {

  /** What a content is, which says where in the distribution of sizes it may be. */
  enum Kind {
    /** The layer of nothing that old images have many of. */
    EMPTY(0, 0),
    /** An image configuration. */
    CONFIGURATION(0.08, 0.50),
    /** A layer of an operating system or runtime that many build on. */
    BASE(0.70, 1),
    /** Any other layer. */
    LAYER(0, 1);

    private final double lowest;
    private final double highest;

    Kind(double lowest, double highest) {
      this.lowest = lowest;
      this.highest = highest;
    }
  }

  private static final long EMPTY_LAYER_BYTES = 32;
  // Content asked for more often would be a visible part of the largest sizes by itself.
  private static final int MANY_REQUESTS = 52;
  private static final double HIGHEST_OF_MANY = 0.93;

  private final Chance chance;
  private final List<Kind> kinds = new ArrayList<>();
  private final List<Double> ranks = new ArrayList<>();

  ContentTable(Chance chance) {
    this.chance = chance;
  }

  /** The number of a new content. */
  int add(Kind kind) {
    kinds.add(kind);
    ranks.add(chance.between(kind.lowest, kind.highest));
    return kinds.size() - 1;
  }

  /** Numbers of new contents. */
  int[] add(Kind kind, int count) {
    return IntStream.range(0, count).map(_ -> add(kind)).toArray();
  }

  int size() {
    return kinds.size();
  }

  /** About as large as the content will be; sizes are settled only when all requests are known. */
  long roughBytes(int content) {
    return SizeDistribution.OF_REGISTRY.quantile(ranks.get(content));
  }

  /**
   * Sizes in the order of the ranks, such that the sizes by request are spread exactly like those
   * of the registry, where they were measured by request too.
   *
   * @param requests how often each content is asked for
   */
  long[] settleBytes(int[] requests) {
    double[] settled = new double[size()];
    for (int content = 0; content < size(); content++) {
      settled[content] =
          ranks.get(content) * (requests[content] > MANY_REQUESTS ? HIGHEST_OF_MANY : 1);
    }
    int[] ascending =
        IntStream.range(0, size())
            .boxed()
            .sorted(Comparator.comparingDouble(content -> settled[content]))
            .mapToInt(Integer::intValue)
            .toArray();
    double total = Arrays.stream(requests).sum();
    long[] bytes = new long[size()];
    double below = 0;
    for (int content : ascending) {
      double middle = (below + requests[content] / 2.0) / total;
      bytes[content] = SizeDistribution.OF_REGISTRY.quantile(Math.min(1, middle));
      if (kinds.get(content) == Kind.EMPTY) {
        bytes[content] = EMPTY_LAYER_BYTES;
      }
      below += requests[content];
    }
    return bytes;
  }
}
