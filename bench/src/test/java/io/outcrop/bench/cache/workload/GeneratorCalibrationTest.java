package io.outcrop.bench.cache.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What is known of the registry, as the generator makes it: within a tenth as the mean of the seeds
 * that the simulator uses, within a quarter for each of them.
 */
final class GeneratorCalibrationTest {

  private static final List<Long> SEEDS = List.of(1L, 2L, 3L, 4L, 5L);
  private static final double TOLERANCE = 0.10;
  private static final double TOLERANCE_OF_ONE = 0.25;
  private static final double MIB = 1 << 20;

  private static final Map<String, Double> KNOWN = known();
  private static List<Map<String, Double>> generated = List.of();

  private static Map<String, Double> known() {
    Map<String, Double> known = new LinkedHashMap<>();
    known.put("pings among GETs", 0.460);
    known.put("blobs among GETs", 0.357);
    known.put("manifests among GETs", 0.183);
    known.put("clients", 8_157.0);
    known.put("contents", 81_335.0);
    known.put("requests for each content", 3.19);
    known.put("contents asked for once", 0.681);
    known.put("requests for the top 1 % of contents", 0.440);
    known.put("requests for the top 10 % of contents", 0.624);
    known.put("Zipf exponent of contents, least squares", 0.79);
    known.put("Zipf exponent of contents, maximum likelihood", 0.88);
    known.put("manifests", 12_988.0);
    known.put("manifests asked for once", 0.842);
    known.put("requests for the top 1 % of manifests", 0.848);
    known.put("Zipf exponent of manifests, least squares", 1.43);
    known.put("Zipf exponent of manifests, maximum likelihood", 1.18);
    known.put("Zipf exponent of repositories, least squares", 1.42);
    known.put("Zipf exponent of repositories, maximum likelihood", 1.18);
    double[] firstEver = {0.272, 0.237, 0.240, 0.217, 0.221, 0.259, 0.296, 0.497, 0.422, 0.477};
    for (int tenth = 0; tenth < firstEver.length; tenth++) {
      known.put("new contents, tenth " + (tenth + 1), firstEver[tenth]);
    }
    known.put("requests of the last tenth for contents born in it", 0.59);
    known.put("stack distance, median", 258.0);
    known.put("stack distance, 75 %", 2_375.0);
    known.put("stack distance, 90 %", 7_363.0);
    known.put("stack distance, 99 %", 34_384.0);
    known.put("hits of a cache without bound", 0.686);
    known.put("contents in several repositories", 11_372.0);
    known.put("repositories of the most spread content", 1_565.0);
    known.put("contents of a repository, median", 7.0);
    known.put("contents of a repository, 90 %", 24.0);
    known.put("contents of a repository, most", 708.0);
    known.put("manifest requests in repositories never pulled", 0.174);
    known.put("gap between blob requests, median over mean", 0.39 / 1.29);
    known.put("gap between blob requests, variation", 2.3);
    known.put("bytes of a request, mean", 14.0e6);
    known.put("bytes of a request, 5 %", 130.0);
    known.put("bytes of a request, 25 %", 1_100.0);
    known.put("bytes of a request, 50 %", 11_500.0);
    known.put("bytes of a request, 65 %", 645e3);
    known.put("bytes of a request, 75 %", 3.3e6);
    known.put("bytes of a request, 80 %", 9.4e6);
    known.put("bytes of a request, 90 %", 35e6);
    known.put("requests above 64 MiB", 0.0586);
    known.put("bytes above 64 MiB", 0.648);
    known.put("requests above 256 MiB", 0.0056);
    known.put("bytes above 256 MiB", 0.244);
    known.put("requests above 1 GiB", 0.00049);
    known.put("bytes above 1 GiB", 0.077);
    return known;
  }

  @BeforeAll
  static void generate() {
    generated = SEEDS.stream().map(Generator::generate).map(w -> figures(w)).toList();
  }

  @TestFactory
  Stream<DynamicTest> figures() {
    return KNOWN.keySet().stream()
        .map(figure ->
            DynamicTest.dynamicTest(
                figure,
                () -> {
                  double known = KNOWN.get(figure);
                  double[] found =
                      generated.stream().mapToDouble(figures -> figures.get(figure)).toArray();
                  assertThat(Arrays.stream(found).average().orElseThrow())
                      .as("mean of %s", Arrays.toString(found))
                      .isBetween(known * (1 - TOLERANCE), known * (1 + TOLERANCE));
                  for (double one : found) {
                    assertThat(one)
                        .isBetween(known * (1 - TOLERANCE_OF_ONE), known * (1 + TOLERANCE_OF_ONE));
                  }
                }));
  }

  /** The known figures are those of the trace, by the same code; sizes are not in it. */
  @TestFactory
  Stream<DynamicTest> traceHasTheKnownFigures() throws Exception {
    Map<String, Double> trace = figures(TraceFiles.trace().workload(Map.of(), 1));
    return KNOWN.keySet().stream()
        .filter(figure -> !figure.startsWith("bytes") && !figure.startsWith("requests above"))
        .filter(figure -> !figure.startsWith("gap") && !figure.equals("clients"))
        .map(figure ->
            DynamicTest.dynamicTest(
                figure,
                () ->
                    assertThat(trace.get(figure))
                        .isBetween(KNOWN.get(figure) * 0.99, KNOWN.get(figure) * 1.01)));
  }

  @Test
  void isTheSameForTheSameSeed() {
    assertThat(figures(Generator.generate(1))).isEqualTo(generated.getFirst());
  }

  private static Map<String, Double> figures(Workload workload) {
    WorkloadStatistics statistics = WorkloadStatistics.of(workload);
    Map<String, Double> found = new LinkedHashMap<>();
    found.put("pings among GETs", statistics.share(RequestKind.PING));
    found.put("blobs among GETs", statistics.share(RequestKind.BLOB));
    found.put("manifests among GETs", statistics.share(RequestKind.MANIFEST));
    found.put("clients", (double) statistics.clients());
    WorkloadStatistics.Popularity contents = statistics.blobPopularity();
    found.put("contents", (double) contents.things());
    found.put("requests for each content", (double) contents.total() / contents.things());
    found.put("contents asked for once", contents.oneHitShare());
    found.put("requests for the top 1 % of contents", contents.shareOfTop(0.01));
    found.put("requests for the top 10 % of contents", contents.shareOfTop(0.1));
    found.put("Zipf exponent of contents, least squares", contents.exponentByLeastSquares());
    found.put(
        "Zipf exponent of contents, maximum likelihood", contents.exponentByMaximumLikelihood());
    WorkloadStatistics.Popularity manifests = statistics.manifestPopularity();
    found.put("manifests", (double) manifests.things());
    found.put("manifests asked for once", manifests.oneHitShare());
    found.put("requests for the top 1 % of manifests", manifests.shareOfTop(0.01));
    found.put("Zipf exponent of manifests, least squares", manifests.exponentByLeastSquares());
    found.put(
        "Zipf exponent of manifests, maximum likelihood", manifests.exponentByMaximumLikelihood());
    WorkloadStatistics.Popularity repositories = statistics.repositoryPopularity();
    found.put(
        "Zipf exponent of repositories, least squares", repositories.exponentByLeastSquares());
    found.put(
        "Zipf exponent of repositories, maximum likelihood",
        repositories.exponentByMaximumLikelihood());
    WorkloadStatistics.Novelty novelty = statistics.novelty();
    for (int tenth = 0; tenth < novelty.firstEver().length; tenth++) {
      found.put("new contents, tenth " + (tenth + 1), novelty.firstEver()[tenth]);
    }
    found.put(
        "requests of the last tenth for contents born in it",
        novelty.firstInTenth()[novelty.firstInTenth().length - 1]);
    int[] distances = statistics.stackDistances();
    found.put("stack distance, median", quantile(distances, 0.5));
    found.put("stack distance, 75 %", quantile(distances, 0.75));
    found.put("stack distance, 90 %", quantile(distances, 0.9));
    found.put("stack distance, 99 %", quantile(distances, 0.99));
    found.put("hits of a cache without bound", statistics.ceiling());
    WorkloadStatistics.Structure structure = statistics.structure();
    found.put("contents in several repositories", (double) structure.shared());
    found.put("repositories of the most spread content", (double) structure.most());
    found.put("contents of a repository, median", quantile(structure.distinct(), 0.5));
    found.put("contents of a repository, 90 %", quantile(structure.distinct(), 0.9));
    found.put("contents of a repository, most", quantile(structure.distinct(), 1));
    found.put("manifest requests in repositories never pulled", structure.unpulledShare());
    WorkloadStatistics.Gaps gaps = statistics.gaps();
    found.put("gap between blob requests, median over mean", gaps.median() / gaps.mean());
    found.put("gap between blob requests, variation", gaps.variation());
    addSizes(statistics.sizes(), found);
    return found;
  }

  private static void addSizes(long[] sizes, Map<String, Double> found) {
    double total = LongStream.of(sizes).asDoubleStream().sum();
    found.put("bytes of a request, mean", total / sizes.length);
    for (int percent : new int[] {5, 25, 50, 65, 75, 80, 90}) {
      found.put(
          "bytes of a request, " + percent + " %",
          (double) sizes[(int) (sizes.length * (percent / 100.0))]);
    }
    for (int mib : new int[] {64, 256, 1024}) {
      String bound = mib == 1024 ? "1 GiB" : mib + " MiB";
      long[] above = LongStream.of(sizes).filter(size -> size > mib * MIB).toArray();
      found.put("requests above " + bound, (double) above.length / sizes.length);
      found.put("bytes above " + bound, LongStream.of(above).asDoubleStream().sum() / total);
    }
  }

  private static double quantile(int[] ascending, double share) {
    return ascending[Math.min(ascending.length - 1, (int) (ascending.length * share))];
  }
}
