package io.outcrop.storage.cache;

import static io.outcrop.storage.cache.Digests.digest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.outcrop.oci.Digest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random traces, request by request against the pseudo-code written down as it stands. */
final class StackArcTranscriptionTest {

  private static final long SEED = Long.getLong("outcrop.test.seed", System.nanoTime());
  private static final long CAPACITY = 1_000_000_000;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
  void decidesAsItsPseudoCode(int trace) {
    Random random = new Random(SEED + trace);
    String seed = "seed " + SEED + ", trace " + trace;
    ManualClock clock = new ManualClock();
    Map<Digest, Double> costs = new HashMap<>();
    NaiveStackArc naive = new NaiveStackArc(CAPACITY, digest -> costs.getOrDefault(digest, 1.0));
    StackArcOptions options = StackArcOptions.defaults();
    StackArcOptions.Worth worth = options.worth();
    RememberedGhosts ghosts = new RememberedGhosts();
    StackArc policy =
        new StackArc(
            CAPACITY,
            clock,
            (digest, bytes) -> costs.getOrDefault(digest, 1.0),
            ghosts,
            // Whose turn it is to be valued anew depends on their places in the heap.
            options.with(
                new StackArcOptions.Worth(
                    worth.frequencyLimit(), worth.ghostFrequency(), worth.costRatioLimit(), 0)));
    CachedContent cache = new CachedContent(policy, CAPACITY);
    Map<Digest, Long> sizes = new HashMap<>();

    for (int i = 0; i < 8_000; i++) {
      // Some are popular, most are not.
      Digest content = digest((int) Math.pow(2_000, random.nextDouble()));
      // Odd sizes over four decades, now and then huge, so that no two values are the same.
      long bytes =
          sizes.computeIfAbsent(content, d -> 50_001 + (long) Math.pow(3e8, random.nextDouble()));
      int client = random.nextInt(5);
      if (random.nextInt(20) == 0) {
        costs.put(digest((int) Math.pow(2_000, random.nextDouble())), 0.2 + random.nextDouble());
      }
      clock.advance(Duration.ofSeconds(random.nextInt(60)));

      boolean kept = naive.access(content, bytes, client, clock.millis());

      assertThat(cache.request(content, bytes, client, digest -> true))
          .as("%s, request %d: resident", seed, i)
          .isEqualTo(kept);
      assertThat(cache.evicted).as("%s, request %d: evicted", seed, i).isEqualTo(naive.evicted);
      cache.evicted.clear();
      naive.evicted.clear();
      assertThat(policy.state().probationShare())
          .as("%s, request %d: p", seed, i)
          .isCloseTo(naive.p, within(1e-9));
      assertThat(ghosts.ghosts)
          .as("%s, request %d: ghosts", seed, i)
          .hasSize(naive.onceGone.size() + naive.againGone.size());
      check(seed + ", request " + i, policy, content, naive);
    }
    assertThat(naive.once.size() + naive.again.size()).as(seed).isGreaterThan(20);
  }

  private static void check(String when, StackArc policy, Digest content, NaiveStackArc naive) {
    Optional<Standing> standing = policy.standing(content);
    Optional<NaiveStackArc.Entry> expected =
        Optional.ofNullable(naive.once.get(content))
            .or(() -> Optional.ofNullable(naive.again.get(content)))
            .or(() -> Optional.ofNullable(naive.onceGone.get(content)))
            .or(() -> Optional.ofNullable(naive.againGone.get(content)));
    assertThat(standing.map(Standing::frequency)).as(when).isEqualTo(expected.map(e -> e.uses));
    assertThat(standing.map(Standing::list))
        .as(when)
        .isEqualTo(
            naive.once.containsKey(content)
                ? Optional.of(SegmentName.PROBATION)
                : naive.again.containsKey(content)
                    ? Optional.of(SegmentName.PROVEN)
                    : naive.onceGone.containsKey(content)
                        ? Optional.of(SegmentName.GHOST_PROBATION)
                        : naive.againGone.containsKey(content)
                            ? Optional.of(SegmentName.GHOST_PROVEN)
                            : Optional.empty());
    if (standing.isPresent() && standing.get().list().isResident()) {
      assertThat(standing.get().value())
          .as(when)
          .isCloseTo(expected.orElseThrow().value, within(1e-15));
    }
  }
}
