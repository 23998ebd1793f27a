package io.outcrop.bench.cache.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.outcrop.bench.cache.workload.Catalogue;
import io.outcrop.bench.cache.workload.RequestKind;
import io.outcrop.bench.cache.workload.Workload;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every cache, on random requests. */
final class ContestantsTest {

  private static final long SEED = Long.getLong("outcrop.test.seed", System.nanoTime());
  private static final int CONTENTS = 300;
  private static final int REQUESTS = 4_000;
  // A KiB is the unit of Caffeine's weights.
  private static final int UNIT = 1024;
  private static final double ROUNDING = 1e-9;

  static Stream<Contestant> all() {
    return Contestant.all().stream();
  }

  @ParameterizedTest
  @MethodSource("all")
  void holdsNoMoreThanItsCapacityAndHitsWhatItHolds(Contestant contestant) {
    Workload workload = randomWorkload();
    for (long capacity : new long[] {UNIT, 100 * UNIT, 1_000 * UNIT, 10_000 * UNIT}) {
      Site site = new Site(workload.catalogue(), capacity);
      SimulatedCache cache = contestant.factory().open(workload, capacity, site);
      for (int i = 0; i < workload.length(); i++) {
        site.at(workload.millis(i));
        int content = workload.subject(i);
        boolean held = cache.holds(content);

        assertThat(cache.request(content, workload.client(i), true))
            .as("hit at %d, seed %d", i, SEED)
            .isEqualTo(held);
        assertThat(cache.bytes()).as("bytes at %d, seed %d", i, SEED).isBetween(0L, capacity);
      }
      long held =
          IntStream.range(0, CONTENTS)
              .filter(cache::holds)
              .mapToLong(workload.catalogue()::bytes)
              .sum();
      assertThat(held).as("bytes held, seed %d", SEED).isEqualTo(cache.bytes());
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void missesOnlyTheFirstRequestForEachWhereAllFits(Contestant contestant) {
    Workload workload = randomWorkload();
    // Pools share the capacity, and each has to fit.
    long capacity = 60 * workload.catalogue().totalBytes();
    Site site = new Site(workload.catalogue(), capacity);
    SimulatedCache cache = contestant.factory().open(workload, capacity, site);
    Set<Integer> seen = new HashSet<>();
    for (int i = 0; i < workload.length(); i++) {
      site.at(workload.millis(i));
      int content = workload.subject(i);
      assertThat(cache.request(content, 0, true))
          .as("request %d, seed %d", i, SEED)
          .isEqualTo(!seen.add(content));
    }
    assertThat(cache.evictions()).isZero();
  }

  @ParameterizedTest
  @MethodSource("all")
  void fetchesNothingWhileThereIsNoUplink(Contestant contestant) {
    Workload workload = randomWorkload();
    long capacity = 60 * workload.catalogue().totalBytes();
    Site site = new Site(workload.catalogue(), capacity);
    SimulatedCache cache = contestant.factory().open(workload, capacity, site);

    assertThat(cache.request(workload.subject(0), 0, false)).isFalse();
    assertThat(cache.holds(workload.subject(0))).isFalse();
    assertThat(cache.bytes()).isZero();
  }

  @ParameterizedTest
  @MethodSource("all")
  void staysBelowTheBoundInEveryMeasure(Contestant contestant) {
    Workload workload = randomWorkload();
    Catalogue catalogue = workload.catalogue();
    PackingBound bound = new PackingBound(workload.blobRequests(), catalogue);
    for (long capacity : new long[] {50 * UNIT, 500 * UNIT, 5_000 * UNIT}) {
      Site site = new Site(catalogue, capacity);
      SimulatedCache cache = contestant.factory().open(workload, capacity, site);
      double hits = 0;
      double bytes = 0;
      double allBytes = 0;
      double seconds = 0;
      double allSeconds = 0;
      for (int i = 0; i < workload.length(); i++) {
        site.at(workload.millis(i));
        long size = catalogue.bytes(workload.subject(i));
        allBytes += size;
        allSeconds += Site.upstreamSeconds(size);
        if (cache.request(workload.subject(i), workload.client(i), true)) {
          hits++;
          bytes += size;
          seconds += Site.upstreamSeconds(size);
        }
      }
      assertThat(hits / REQUESTS)
          .as("objects at %d, seed %d", capacity, SEED)
          .isLessThanOrEqualTo(bound.objectHitRatio(capacity) + ROUNDING);
      assertThat(bytes / allBytes)
          .as("bytes at %d, seed %d", capacity, SEED)
          .isLessThanOrEqualTo(bound.byteHitRatio(capacity) + ROUNDING);
      assertThat(seconds / allSeconds)
          .as("time at %d, seed %d", capacity, SEED)
          .isLessThanOrEqualTo(bound.timeSavedRatio(capacity) + ROUNDING);
    }
  }

  @Test
  void variationOfAnUnknownOptionIsRefused() {
    assertThatThrownBy(() -> Contestant.varied("x", "worth.magic=0"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("worth.magic")
        .hasMessageContaining("worth.frequencyLimit,");
  }

  /** Skewed popularity, sizes over four orders of magnitude, and more than one client. */
  private static Workload randomWorkload() {
    Random random = new Random(SEED);
    String[] names = new String[CONTENTS];
    long[] sizes = new long[CONTENTS];
    for (int i = 0; i < CONTENTS; i++) {
      names[i] = "content-" + i;
      sizes[i] = Math.max(1, (long) (UNIT * Math.pow(10, 4 * random.nextDouble() - 1)));
    }
    Workload.Builder requests = new Workload.Builder();
    for (int i = 0; i < REQUESTS; i++) {
      int content = (int) (CONTENTS * Math.pow(random.nextDouble(), 3));
      requests.add(
          RequestKind.BLOB,
          content,
          1 + random.nextInt(5),
          Workload.UNKNOWN_REPOSITORY,
          i * 1_000L);
    }
    return requests.build("random", new Catalogue(names, sizes, new int[0][]));
  }
}
