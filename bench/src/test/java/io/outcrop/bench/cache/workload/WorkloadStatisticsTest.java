package io.outcrop.bench.cache.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The figures on workloads small enough to be counted by hand. */
final class WorkloadStatisticsTest {

  @Test
  void stackDistances_countDifferentContentsInBetween() {
    // a again after b and c, b again after c and a, b again at once.
    assertThat(statistics("a b c a b b").stackDistances()).containsExactly(0, 2, 2);
  }

  @Test
  void ceiling_isTheShareOfRepeatedRequests() {
    assertThat(statistics("a b c a b b").ceiling()).isEqualTo(3.0 / 6);
  }

  @Test
  void popularity_countsRequestsForEach() {
    WorkloadStatistics.Popularity popularity = statistics("a b c a b b").blobPopularity();

    assertThat(popularity.counts()).containsExactly(3, 2, 1);
    assertThat(popularity.oneHitShare()).isEqualTo(1.0 / 3);
    assertThat(popularity.shareOfTop(0.34)).isEqualTo(3.0 / 6);
  }

  @Test
  void exponents_areFoundWhereTheLawHolds() {
    int[] requests =
        IntStream.rangeClosed(1, 1000)
            .flatMap(rank ->
                IntStream.generate(() -> rank).limit(Math.round(1e6 * Math.pow(rank, -0.9))))
            .toArray();
    WorkloadStatistics.Popularity popularity = WorkloadStatistics.Popularity.of(requests);

    assertThat(popularity.exponentByLeastSquares()).isCloseTo(0.9, offset(0.001));
    assertThat(popularity.exponentByMaximumLikelihood()).isCloseTo(0.9, offset(0.001));
  }

  @Test
  void novelty_isToldForEachTenth() {
    WorkloadStatistics.Novelty novelty =
        statistics("a b a b a b a b a c c c c c c c c c d d").novelty();

    assertThat(novelty.firstEver()).startsWith(1, 0).endsWith(0, 0.5);
    assertThat(novelty.firstInTenth()).startsWith(1, 0).endsWith(0, 1);
  }

  @Test
  void structure_countsContentsByRepository() {
    Workload.Builder requests = new Workload.Builder();
    requests.add(RequestKind.MANIFEST, 0, 1, 0, 0);
    requests.add(RequestKind.BLOB, 0, 1, 0, 0);
    requests.add(RequestKind.BLOB, 1, 1, 0, 0);
    requests.add(RequestKind.BLOB, 0, 2, 1, 0);
    requests.add(RequestKind.MANIFEST, 0, 2, 2, 0);
    WorkloadStatistics.Structure structure =
        WorkloadStatistics.of(requests.build("two repositories", catalogue(2))).structure();

    assertThat(structure.shared()).isEqualTo(1);
    assertThat(structure.most()).isEqualTo(2);
    assertThat(structure.distinct()).containsExactly(1, 2);
    assertThat(structure.unpulledShare()).isEqualTo(0.5);
  }

  @Test
  void scans_areNotCounted() {
    Workload.Builder requests = new Workload.Builder();
    requests.add(RequestKind.BLOB, 0, 1, 0, 0);
    requests.add(RequestKind.BLOB, 1, Workload.SCANNER, 0, 10);
    requests.add(RequestKind.BLOB, 0, 1, 0, 2_000);
    WorkloadStatistics statistics =
        WorkloadStatistics.of(requests.build("with a scan", catalogue(2)));

    assertThat(statistics.stackDistances()).containsExactly(0);
    assertThat(statistics.clients()).isEqualTo(1);
    assertThat(statistics.gaps().mean()).isEqualTo(2);
  }

  private static WorkloadStatistics statistics(String letters) {
    Workload.Builder requests = new Workload.Builder();
    int time = 0;
    for (String letter : letters.split(" ", -1)) {
      requests.add(RequestKind.BLOB, letter.charAt(0) - 'a', 1, 0, time++);
    }
    return WorkloadStatistics.of(requests.build("letters", catalogue(26)));
  }

  private static Catalogue catalogue(int contents) {
    String[] names =
        IntStream.range(0, contents).mapToObj(Integer::toString).toArray(String[]::new);
    long[] sizes = IntStream.range(0, contents).mapToLong(i -> i + 1L).toArray();
    return new Catalogue(names, sizes, new int[][] {{0}});
  }
}
