package io.outcrop.bench.cache;

import io.outcrop.bench.cache.workload.Workload;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Tells how much the sizes that are drawn for a trace decide by themselves: what a cache without
 * bounds would do, draw by draw.
 */
@Command(
    name = "draws",
    description = "Tells what a boundless cache would do with each of many draws of sizes.",
    mixinStandardHelpOptions = true)
final class DrawsCommand implements Callable<Integer> {

  private static final double[] QUANTILES = {0, 0.05, 0.25, 0.5, 0.75, 0.95, 1};

  @Mixin private final Inputs inputs = new Inputs();

  @Option(
      names = "--workload",
      paramLabel = "KIND",
      defaultValue = "TRACE",
      description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private Inputs.Kind workload = Inputs.Kind.TRACE;

  @Option(
      names = "--draws",
      paramLabel = "N",
      defaultValue = "2000",
      description = "How many. Default: ${DEFAULT-VALUE}.")
  private int draws;

  @Option(
      names = "--near",
      paramLabel = "RATIO",
      description = "Lists the seeds whose ratio of byte hits is nearest to this.")
  private double near = Double.NaN;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "5",
      description = "How many of these. Default: ${DEFAULT-VALUE}.")
  private int count;

  /** What one draw makes possible. */
  record Draw(int seed, long unique, double byteHits) {

    static Draw of(int seed, Workload workload) {
      long asked =
          Arrays.stream(workload.blobRequests()).mapToLong(workload.catalogue()::bytes).sum();
      long unique = workload.uniqueBytes();
      return new Draw(seed, unique, 1 - (double) unique / asked);
    }
  }

  @Override
  public Integer call() throws IOException {
    Experiment.Source source = inputs.source(workload);
    List<Draw> all = new ArrayList<>();
    for (int seed = 1; seed <= draws; seed++) {
      all.add(Draw.of(seed, source.workload(seed)));
    }
    System.out.println("| draws | byte hits without bounds | unique bytes |\n|---|---|---|");
    for (double quantile : QUANTILES) {
      System.out.printf(
          Locale.ROOT,
          "| %.0f %% | %.1f | %.0f GB |%n",
          100 * quantile,
          100 * at(quantile, all.stream().map(Draw::byteHits).sorted().toList()),
          at(quantile, all.stream().map(draw -> draw.unique() / 1e9).sorted().toList()));
    }
    if (!Double.isNaN(near)) {
      all.stream()
          .sorted(Comparator.comparingDouble(draw -> Math.abs(draw.byteHits() - near)))
          .limit(count)
          .forEach(DrawsCommand::list);
    }
    return 0;
  }

  private static double at(double quantile, List<Double> sorted) {
    return sorted.get((int) Math.round(quantile * (sorted.size() - 1)));
  }

  private static void list(Draw draw) {
    System.out.printf(
        Locale.ROOT,
        "seed %d: %.2f %% of bytes, %.0f GB%n",
        draw.seed(),
        100 * draw.byteHits(),
        draw.unique() / 1e9);
  }
}
