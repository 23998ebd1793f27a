package io.outcrop.bench.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compares with what another simulator found. */
@Command(
    name = "agree",
    description =
        "Runs what another simulator has run. Exit code 1 if a hit ratio differs by more than half"
            + " a point.",
    mixinStandardHelpOptions = true)
final class AgreeCommand implements Callable<Integer> {

  @Mixin private final Inputs inputs = new Inputs();

  @Option(
      names = "--workload",
      paramLabel = "KIND",
      required = true,
      description = "${COMPLETION-CANDIDATES}; only its lines are read.")
  private Inputs.Kind workload = Inputs.Kind.ZIPF;

  @Parameters(
      paramLabel = "FILE",
      description = "Lines of workload, capacity in KiB, policy, percent of objects and of KiB.")
  private Path file = Path.of("");

  @Override
  public Integer call() throws IOException {
    String name = workload.name().toLowerCase(Locale.ROOT);
    List<Agreement.Reference> references =
        Files.readAllLines(file).stream()
            .map(Agreement.Reference::parse)
            .filter(reference -> reference.workload().equals(name))
            .toList();
    List<Agreement.Pair> pairs = Agreement.compare(inputs.source(workload).workload(1), references);
    System.out.println("workload,kib,policy,objects,difference,bytes,difference");
    for (Agreement.Pair pair : pairs) {
      System.out.printf(
          Locale.ROOT,
          "%s,%d,%s,%.2f,%+.2f,%.2f,%+.2f%s%n",
          name,
          pair.reference().kib(),
          pair.reference().policy(),
          100 * pair.own().objectHitRatio(),
          100 * pair.objectDifference(),
          100 * pair.own().byteHitRatio(),
          100 * pair.byteDifference(),
          pair.agrees() ? "" : ",DIFFERS");
    }
    return pairs.stream().allMatch(Agreement.Pair::agrees) ? 0 : 1;
  }
}
