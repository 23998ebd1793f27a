package io.outcrop.bench.cache;

import io.outcrop.bench.cache.policy.Contestant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs policies, or variations of Outcrop's own, and tells how they did. */
@Command(
    name = "compare",
    description = "Runs policies against a workload and prints how they did.",
    mixinStandardHelpOptions = true)
final class CompareCommand implements Callable<Integer> {

  @Mixin private final Inputs inputs = new Inputs();

  @Option(
      names = "--workload",
      paramLabel = "KIND",
      defaultValue = "TRACE",
      description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private Inputs.Kind workload = Inputs.Kind.TRACE;

  @Option(
      names = "--event",
      paramLabel = "EVENT",
      defaultValue = "NONE",
      description = "What happens meanwhile: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private Events event = Events.NONE;

  @Option(
      names = "--capacities",
      paramLabel = "PERCENT",
      split = ",",
      defaultValue = "0.5,1,2,5,10,20",
      description = "In percent of the unique bytes. Default: ${DEFAULT-VALUE}.")
  private List<Double> capacities = List.of();

  @Option(
      names = "--seeds",
      paramLabel = "N",
      defaultValue = "5",
      description = "Runs seeds 1 to N and prints means. Default: ${DEFAULT-VALUE}.")
  private int seeds;

  @Option(
      names = "--seed",
      paramLabel = "SEED",
      split = ",",
      description = "Runs these seeds instead, such as some that draws lists.")
  private List<Integer> chosenSeeds = List.of();

  @Option(
      names = "--policies",
      paramLabel = "PATTERN",
      defaultValue = ".*",
      description = "A regular expression for their names. Default: all.")
  private Pattern policies = Pattern.compile(".*");

  @Option(
      names = "--vary",
      paramLabel = "OPTION=VALUE[,…]",
      description =
          "Adds Stack-ARC with other options, such as probation.adaptive=false. May be repeated.")
  private List<String> variations = new ArrayList<>();

  @Option(names = "--ablate", description = "Adds Stack-ARC without each of its features in turn.")
  private boolean ablate;

  @Option(
      names = "--measures",
      paramLabel = "MEASURE",
      split = ",",
      defaultValue = "OBJECT_HITS,BYTE_HITS,TIME_SAVED",
      description = "What to print: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private List<Measure> measures = List.of();

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description = "Writes every run and measure to a file.")
  private @Nullable Path csv;

  @Option(names = "--plot", paramLabel = "FILE", description = "Draws the ratios into an SVG file.")
  private @Nullable Path plot;

  @Override
  public Integer call() throws IOException {
    List<Contestant> contestants = contestants();
    boolean bound = policies.matcher(Experiment.BOUND).matches() && event == Events.NONE;
    List<Result> results =
        new Experiment(contestants, capacities, seeds(), bound)
            .run(inputs.source(workload), event, CompareCommand::tell);
    Averages averages = new Averages(results);
    System.out.print(Report.markdown(averages, measures));
    if (csv != null) {
      Files.writeString(csv, Report.csv(results));
    }
    if (plot != null) {
      String title = "Hits of replacement policies by capacity, " + results.getFirst().workload();
      Files.writeString(plot, HitPlot.draw(averages, title));
    }
    return 0;
  }

  private List<Integer> seeds() {
    return chosenSeeds.isEmpty() ? IntStream.rangeClosed(1, seeds).boxed().toList() : chosenSeeds;
  }

  private List<Contestant> contestants() {
    List<Contestant> chosen = new ArrayList<>();
    Contestant.all().stream()
        .filter(contestant -> policies.matcher(contestant.name()).matches())
        .forEach(chosen::add);
    if (ablate) {
      chosen.addAll(Contestant.ablations());
    }
    variations.forEach(variation -> chosen.add(Contestant.varied(variation, variation)));
    return chosen;
  }

  private static void tell(Result result) {
    System.err.printf(
        Locale.ROOT,
        "%s, seed %d, %s %%: %s %.2f %% of objects, %.2f %% of bytes%n",
        result.workload(),
        result.seed(),
        result.percent(),
        result.policy(),
        100 * result.values().getOrDefault(Measure.OBJECT_HITS, Double.NaN),
        100 * result.values().getOrDefault(Measure.BYTE_HITS, Double.NaN));
  }
}
