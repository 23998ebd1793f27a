package io.outcrop.bench.cache.workload;

import java.util.stream.IntStream;

/** A small workload that needs no file: independent requests of skewed popularity. */
public final class ZipfWorkload {

  private static final int CONTENTS = 5_000;
  private static final int REQUESTS = 50_000;
  private static final double EXPONENT = 0.85;

  private ZipfWorkload() {}

  /** The workload of a seed, by which both requests and sizes are drawn. */
  public static Workload generate(long seed) {
    Chance chance = new Chance(seed);
    Zipf popularity = new Zipf(CONTENTS, EXPONENT);
    String[] names = IntStream.range(0, CONTENTS).mapToObj(i -> "zipf-" + i).toArray(String[]::new);
    long[] bytes =
        IntStream.range(0, CONTENTS)
            .mapToLong(i -> SizeDistribution.OF_REGISTRY.of(names[i], seed))
            .toArray();
    Workload.Builder requests = new Workload.Builder();
    for (int i = 0; i < REQUESTS; i++) {
      requests.add(
          RequestKind.BLOB,
          popularity.draw(chance),
          Workload.UNKNOWN_CLIENT,
          Workload.UNKNOWN_REPOSITORY,
          i * 1_000L);
    }
    return requests.build("zipf", new Catalogue(names, bytes, new int[0][]));
  }
}
