package io.outcrop.bench.cache;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** Results, with those that differ only in the seed taken together. Immutable. */
final class Averages {

  private record Key(String policy, double percent) {}

  private final Map<Key, List<Result>> results = new LinkedHashMap<>();
  private final List<String> policies;
  private final List<Double> percents;

  Averages(List<Result> results) {
    for (Result result : results) {
      this.results
          .computeIfAbsent(new Key(result.policy(), result.percent()), _ -> new ArrayList<>())
          .add(result);
    }
    policies = results.stream().map(Result::policy).distinct().toList();
    percents = results.stream().map(Result::percent).distinct().toList();
  }

  /** In the order of the results. */
  List<String> policies() {
    return policies;
  }

  /** The capacities, in the order of the results. */
  List<Double> percents() {
    return percents;
  }

  /** The mean over the seeds; empty if it was not measured. */
  OptionalDouble mean(String policy, double percent, Measure measure) {
    List<Result> same = results.getOrDefault(new Key(policy, percent), List.of());
    return same.stream()
        .filter(result -> result.values().containsKey(measure))
        .mapToDouble(result -> result.values().getOrDefault(measure, 0.0))
        .average();
  }
}
