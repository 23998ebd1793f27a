package io.outcrop.storage.cache;

import static io.outcrop.storage.cache.Digests.digest;
import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.oci.Digest;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What goes on after a restart is what would have gone on without it. */
final class StackArcRestoreTest {

  private static final long SEED = Long.getLong("outcrop.test.seed", System.nanoTime());
  private static final long CAPACITY = 1_000_000_000;

  private final ManualClock clock = new ManualClock();
  private final Random random = new Random(SEED);
  private final RememberedGhosts ghosts = new RememberedGhosts();
  private final RememberedGhosts restoredGhosts = new RememberedGhosts();
  private final StackArc policy = newPolicy(ghosts);
  private final CachedContent cache = new CachedContent(policy, CAPACITY);

  @Test
  void behavesAsIfThereHadBeenNoRestart() {
    for (int i = 0; i < 5_000; i++) {
      request(cache);
    }
    StackArc restored = newPolicy(restoredGhosts);
    CachedContent other = new CachedContent(restored, CAPACITY);
    restored.restore(policy.state());
    cache.resident.entrySet().stream()
        .sorted(Comparator.comparing(e -> standing(e.getKey()).lastAccessMillis()))
        .forEach(e -> {
          restored.restoreResident(e.getKey(), e.getValue(), standing(e.getKey()));
          other.resident.put(e.getKey(), e.getValue());
        });
    ghosts.ghosts.forEach(restored::restoreGhost);
    restoredGhosts.ghosts.putAll(ghosts.ghosts);
    cache.evicted.clear();
    assertThat(restored.state()).isEqualTo(policy.state());

    for (int i = 0; i < 5_000; i++) {
      Map.Entry<Digest, Long> request = request(cache);
      other.request(request.getKey(), request.getValue());
      assertThat(other.evicted).as("seed %d, request %d", SEED, i).isEqualTo(cache.evicted);
    }

    assertThat(cache.evicted).hasSizeGreaterThan(1_000);
    assertThat(other.resident).isEqualTo(cache.resident);
    assertThat(restoredGhosts.ghosts).isEqualTo(ghosts.ghosts);
    assertThat(restored.state()).isEqualTo(policy.state());
  }

  private Map.Entry<Digest, Long> request(CachedContent of) {
    int number = (int) Math.pow(3_000, random.nextDouble());
    long bytes = 70_001 + (long) Math.pow(2e8, new Random(number).nextDouble());
    clock.advance(Duration.ofSeconds(1));
    of.request(digest(number), bytes);
    return Map.entry(digest(number), bytes);
  }

  private Standing standing(Digest content) {
    return policy.standing(content).orElseThrow();
  }

  private StackArc newPolicy(GhostListener listener) {
    return new StackArc(CAPACITY, clock, new LinkEstimate(), listener);
  }
}
