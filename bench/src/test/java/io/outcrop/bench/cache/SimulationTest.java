package io.outcrop.bench.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import io.outcrop.bench.cache.policy.Contestant;
import io.outcrop.bench.cache.policy.Site;
import io.outcrop.bench.cache.workload.Catalogue;
import io.outcrop.bench.cache.workload.RequestKind;
import io.outcrop.bench.cache.workload.Workload;
import org.junit.jupiter.api.Test;

/** What is counted, on two images of two contents each, of which they share the first. */
final class SimulationTest {

  private static final Contestant LRU =
      Contestant.all().stream().filter(c -> c.name().equals("LRU")).findFirst().orElseThrow();
  private static final long MB = 1_000_000;

  private final Workload.Builder requests = new Workload.Builder();
  private long now;

  @Test
  void countsObjectsBytesAndTime() {
    pull(0, 1, 0, 1);
    pull(1, 2, 0, 2);
    Counts counts = run(100).total();

    assertThat(counts.objectHitRatio()).isEqualTo(1.0 / 4);
    assertThat(counts.byteHitRatio()).isEqualTo(10.0 / (10 + 20 + 10 + 40));
    double all = 2 * seconds(10) + seconds(20) + seconds(40);
    assertThat(counts.timeSavedRatio()).isCloseTo(seconds(10) / all, offset(1e-9));
    assertThat(counts.upstreamBytes()).isEqualTo(70 * MB);
  }

  @Test
  void countsImagesThatAreHereAsAWhole() {
    pull(0, 1, 0, 1);
    pull(0, 2, 0, 1);
    pull(1, 3, 0, 2);
    Counts counts = run(100).total();

    assertThat(counts.pulls()).isEqualTo(3);
    assertThat(counts.wholeImages()).isEqualTo(1);
    assertThat(counts.wholePulls()).isEqualTo(1);
  }

  @Test
  void countsPullsThatNeedNothingMoreThoughTheImageIsNotWhole() {
    pull(0, 1, 0, 1);
    // This client has content 2 already.
    pull(1, 2, 0);
    Counts counts = run(100).total();

    assertThat(counts.wholeImages()).isZero();
    assertThat(counts.wholePulls()).isEqualTo(1);
  }

  @Test
  void fetchesNothingWhileTheUplinkIsGone() {
    pull(0, 1, 0, 1);
    event(RequestKind.WATCH_BEGAN);
    event(RequestKind.UPLINK_LOST);
    pull(0, 2, 0, 1);
    pull(1, 3, 0, 2);
    pull(1, 4, 0, 2);
    event(RequestKind.UPLINK_BACK);
    event(RequestKind.WATCH_ENDED);
    pull(1, 5, 0, 2);
    pull(1, 6, 0, 2);
    Outcome outcome = run(100);

    assertThat(outcome.watched().pulls()).isEqualTo(3);
    assertThat(outcome.watched().wholePulls()).isEqualTo(1);
    assertThat(outcome.watched().requests()).isEqualTo(6);
    assertThat(outcome.watched().hits()).isEqualTo(4);
    assertThat(outcome.watched().upstreamBytes()).isZero();
    assertThat(outcome.total().wholePulls()).isEqualTo(2);
    assertThat(outcome.total().upstreamBytes()).isEqualTo(70 * MB);
  }

  @Test
  void fetchesFromTheNeighbourWhatItHolds() {
    pull(0, 1, 0, 1);
    event(RequestKind.PEER_JOINED);
    // Pushes 0 and 1 out of the cache, but not out of the neighbour, which has twice the room.
    blob(3, 1);
    blob(0, 1);
    Counts counts = run(30).total();

    assertThat(counts.upstreamBytes()).isEqualTo((10 + 20 + 30) * MB);
    assertThat(counts.secondsSpent()).isLessThan(counts.seconds() - 0.7 * seconds(10));
  }

  @Test
  void doesNotCountAScanThoughItTakesRoom() {
    pull(0, 1, 0, 1);
    blob(3, Workload.SCANNER);
    pull(0, 2, 0, 1);
    Outcome outcome = run(30);

    assertThat(outcome.total().requests()).isEqualTo(4);
    assertThat(outcome.total().hits()).isZero();
    assertThat(outcome.evictions()).isEqualTo(3);
  }

  private static double seconds(long mb) {
    return Site.upstreamSeconds(mb * MB);
  }

  private void pull(int image, int client, int... contents) {
    requests.add(RequestKind.PULL, image, client, Workload.UNKNOWN_REPOSITORY, now++);
    for (int content : contents) {
      blob(content, client);
    }
  }

  private void blob(int content, int client) {
    requests.add(RequestKind.BLOB, content, client, Workload.UNKNOWN_REPOSITORY, now++);
  }

  private void event(RequestKind kind) {
    requests.add(kind, 0, Workload.UNKNOWN_CLIENT, Workload.UNKNOWN_REPOSITORY, now++);
  }

  private Outcome run(long capacityMb) {
    Catalogue catalogue =
        new Catalogue(
            new String[] {"base", "first", "second", "large"},
            new long[] {10 * MB, 20 * MB, 40 * MB, 30 * MB},
            new int[][] {{0, 1}, {0, 2}});
    return Simulation.run(requests.build("two images", catalogue), LRU, capacityMb * MB);
  }
}
