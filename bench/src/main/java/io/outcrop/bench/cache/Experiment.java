package io.outcrop.bench.cache;

import io.outcrop.bench.cache.policy.Contestant;
import io.outcrop.bench.cache.policy.PackingBound;
import io.outcrop.bench.cache.workload.Workload;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Runs every policy at every capacity against the workloads of every seed.
 *
 * @param percents the capacities, in percent of the unique bytes of a workload
 * @param seeds of the workloads
 * @param bound whether to tell what no policy can exceed as well
 */
record Experiment(
    List<Contestant> contestants, List<Double> percents, List<Integer> seeds, boolean bound) {

  /** What the bound is called in results. */
  static final String BOUND = "PFOO-L (bound)";

  /** Makes the workload of a seed. */
  interface Source {
    Workload workload(long seed) throws IOException;
  }

  /**
   * Runs it.
   *
   * @param scenario what happens to the site
   * @param progress told of each result as it is there
   */
  List<Result> run(Source source, Events scenario, Consumer<Result> progress) throws IOException {
    List<Result> results = new ArrayList<>();
    Consumer<Result> collect = results::add;
    Consumer<Result> both = collect.andThen(progress);
    for (int seed : seeds) {
      Workload plain = source.workload(seed);
      // The capacities are those of the workload to which nothing happens, so as to compare.
      long unique = plain.uniqueBytes();
      Workload workload = scenario.happenTo(plain, seed);
      PackingBound packing = new PackingBound(workload.blobRequests(), workload.catalogue());
      for (double percent : percents) {
        long capacity = (long) (unique * percent / 100);
        for (Contestant contestant : contestants) {
          Outcome outcome = Simulation.run(workload, contestant, capacity);
          both.accept(
              new Result(
                  workload.name(), seed, percent, capacity, contestant.name(), values(outcome)));
        }
        if (bound) {
          both.accept(
              new Result(
                  workload.name(), seed, percent, capacity, BOUND, values(packing, capacity)));
        }
      }
    }
    return results;
  }

  private static Map<Measure, Double> values(Outcome outcome) {
    Map<Measure, Double> values = new EnumMap<>(Measure.class);
    for (Measure measure : Measure.values()) {
      values.put(measure, measure.of(outcome));
    }
    return values;
  }

  private static Map<Measure, Double> values(PackingBound packing, long capacity) {
    return Map.of(
        Measure.OBJECT_HITS, packing.objectHitRatio(capacity),
        Measure.BYTE_HITS, packing.byteHitRatio(capacity),
        Measure.TIME_SAVED, packing.timeSavedRatio(capacity));
  }
}
