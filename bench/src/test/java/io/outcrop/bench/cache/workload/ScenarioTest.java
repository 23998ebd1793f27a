package io.outcrop.bench.cache.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class ScenarioTest {

  private static final long DAY = 86_400_000;
  private static final Workload QUIET = quiet();

  @Test
  void scan_readsATerabyteOfOthersOnce() {
    Workload workload = Scenario.scan(QUIET, 1);
    int[] scanned =
        IntStream.range(0, workload.length())
            .filter(i -> workload.kind(i) == RequestKind.BLOB)
            .filter(i -> workload.client(i) == Workload.SCANNER)
            .map(workload::subject)
            .toArray();

    assertThat(Arrays.stream(scanned).distinct().count()).isEqualTo(scanned.length);
    assertThat(Arrays.stream(scanned).min().orElseThrow()).isGreaterThanOrEqualTo(10);
    assertThat(Arrays.stream(scanned).mapToLong(workload.catalogue()::bytes).sum())
        .isBetween(1_000_000_000_000L, 1_010_000_000_000L);
    assertThat(workload.blobRequests()).as("those that count").isEqualTo(QUIET.blobRequests());
    assertThat(workload.uniqueBytes()).isEqualTo(QUIET.uniqueBytes());
  }

  @Test
  void scan_pullsWhatItReads() {
    Workload workload = Scenario.scan(QUIET, 1);
    int pull =
        IntStream.range(0, workload.length())
            .filter(i -> workload.kind(i) == RequestKind.PULL)
            .findFirst()
            .orElseThrow();
    int image = workload.subject(pull);

    assertThat(workload.catalogue().layers(image)).isEqualTo(8);
    for (int layer = 0; layer < 8; layer++) {
      assertThat(workload.subject(pull + 1 + layer))
          .isEqualTo(workload.catalogue().layer(image, layer));
    }
  }

  @Test
  void scan_isWatchedForSixHours() {
    assertThat(watchedMillis(Scenario.scan(QUIET, 1))).isEqualTo(6 * DAY / 24);
    assertThat(watchedMillis(Scenario.withoutScan(QUIET))).isEqualTo(6 * DAY / 24);
  }

  @Test
  void deployment_isOneImageForManyClientsWithinAMinute() {
    Workload workload = Scenario.deployment(QUIET, 1);
    int[] pulls =
        IntStream.range(0, workload.length())
            .filter(i -> workload.kind(i) == RequestKind.PULL)
            .toArray();

    assertThat(pulls).hasSize(200);
    assertThat(Arrays.stream(pulls).map(workload::subject).distinct().count()).isEqualTo(1);
    assertThat(Arrays.stream(pulls).map(workload::client).distinct().count()).isEqualTo(200);
    assertThat(workload.millis(pulls[199]) - workload.millis(pulls[0])).isLessThan(60_000);
    assertThat(workload.catalogue().layers(workload.subject(pulls[0]))).isEqualTo(12);
  }

  @Test
  void outage_takesHalfAnHour() {
    Workload workload = Scenario.outage(QUIET);

    assertThat(time(workload, RequestKind.UPLINK_BACK) - time(workload, RequestKind.UPLINK_LOST))
        .isEqualTo(30 * 60_000);
    assertThat(watchedMillis(workload)).isEqualTo(30 * 60_000);
  }

  @Test
  void peer_joinsInTheMiddle() {
    assertThat(time(Scenario.peer(QUIET), RequestKind.PEER_JOINED)).isEqualTo(DAY / 2);
  }

  @Test
  void all_keepTheOrderOfTime() {
    for (Workload workload :
        new Workload[] {
          Scenario.scan(QUIET, 1),
          Scenario.deployment(QUIET, 1),
          Scenario.outage(QUIET),
          Scenario.peer(QUIET)
        }) {
      long[] times =
          LongStream.range(0, workload.length()).map(i -> workload.millis((int) i)).toArray();
      assertThat(times).as(workload.name()).isSorted();
    }
  }

  private static long watchedMillis(Workload workload) {
    return time(workload, RequestKind.WATCH_ENDED) - time(workload, RequestKind.WATCH_BEGAN);
  }

  private static long time(Workload workload, RequestKind kind) {
    return IntStream.range(0, workload.length())
        .filter(i -> workload.kind(i) == kind)
        .mapToLong(workload::millis)
        .findFirst()
        .orElseThrow();
  }

  /** A request a minute for a day, and one more. */
  private static Workload quiet() {
    Workload.Builder requests = new Workload.Builder();
    for (int minute = 0; minute <= 24 * 60; minute++) {
      requests.add(RequestKind.BLOB, minute % 10, 1, 0, minute * 60_000L);
    }
    String[] names = IntStream.range(0, 10).mapToObj(Integer::toString).toArray(String[]::new);
    long[] sizes = IntStream.range(0, 10).mapToLong(i -> 1000).toArray();
    return requests.build("quiet", new Catalogue(names, sizes, new int[][] {{0, 1}}));
  }
}
