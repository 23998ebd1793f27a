package io.outcrop.storage.cache;

import static io.outcrop.storage.cache.Digests.digest;
import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.oci.Digest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random operations of all kinds, after each of which what must always hold is checked. */
final class StackArcModelTest {

  private static final long SEED = Long.getLong("outcrop.test.seed", System.nanoTime());
  private static final long CAPACITY = 1_000_000_000;
  private static final int CONTENTS = 300;
  private static final int IMAGES = 40;
  private static final StackArcOptions OPTIONS =
      StackArcOptions.defaults()
          .with(new StackArcOptions.Ghosts(1, 150))
          .with(new StackArcOptions.Images(25, 100));

  private final ManualClock clock = new ManualClock();
  private final Map<Digest, Double> costs = new HashMap<>();
  private final RememberedGhosts ghosts = new RememberedGhosts();
  private final Set<Digest> inUse = new HashSet<>();
  private final Map<Digest, List<Digest>> images = new HashMap<>();
  private StackArc policy = newPolicy();
  private final CachedContent cache = new CachedContent(policy, CAPACITY);
  private long ghostCapacity = CAPACITY;
  private Random random = new Random();

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void holdsWhatMustHold(int run) {
    random = new Random(SEED + run);
    for (int i = 0; i < 4_000; i++) {
      String operation = step();
      check("seed " + SEED + ", run " + run + ", operation " + i + ": " + operation);
    }
  }

  private String step() {
    Digest content = digest((int) Math.pow(CONTENTS, random.nextDouble()));
    Digest image = digest(10_000 + random.nextInt(IMAGES));
    clock.advance(Duration.ofSeconds(random.nextInt(100)));
    int choice = random.nextInt(100);
    if (choice < 60) {
      cache.request(content, size(content), random.nextInt(4), evictable());
      return "request";
    } else if (choice < 68) {
      if (!inUse.remove(content)) {
        inUse.add(content);
      }
      return "use";
    } else if (choice < 72) {
      if (cache.resident.remove(content) != null) {
        policy.removed(content);
      }
      return "remove";
    } else if (choice < 78) {
      List<Digest> layers = new ArrayList<>();
      for (int n = random.nextInt(8); n >= 0; n--) {
        layers.add(digest((int) Math.pow(CONTENTS, random.nextDouble())));
      }
      policy.image(image, images.computeIfAbsent(image, i -> layers));
      return "image";
    } else if (choice < 84) {
      policy.imageUsed(image);
      return "use of an image";
    } else if (choice < 86) {
      policy.imageForgotten(image);
      images.remove(image);
      return "image forgotten";
    } else if (choice < 92) {
      costs.put(content, random.nextInt(10) == 0 ? Double.NaN : 3 * random.nextDouble());
      return "cost";
    } else if (choice < 96) {
      cache.capacity = (long) (CAPACITY * (0.2 + 0.8 * random.nextDouble()));
      ghostCapacity = cache.capacity;
      policy.capacity(cache.capacity);
      cache.makeRoom(0, evictable());
      return "capacity " + cache.capacity;
    }
    restart();
    return "restart";
  }

  private void restart() {
    StackArc next = newPolicy();
    next.capacity(cache.capacity);
    next.restore(policy.state());
    Map<Digest, Standing> standings = new HashMap<>();
    cache.resident.keySet().forEach(d -> standings.put(d, standing(d)));
    Map<Digest, Ghost> saved = new HashMap<>(ghosts.ghosts);
    List<Digest> order = new ArrayList<>(ghosts.ghosts.keySet());
    cache.resident.keySet().stream()
        .sorted(Comparator.comparing(d -> standings.get(d).lastAccessMillis()))
        .forEach(d -> next.restoreResident(d, size(d), standings.get(d)));
    order.forEach(d -> next.restoreGhost(d, saved.get(d)));
    images.forEach(next::image);
    policy = next;
    cache.handOver(next);
    assertThat(ghosts.ghosts).isEqualTo(saved);
    cache.resident.forEach((d, bytes) -> {
      assertThat(standing(d).list()).isEqualTo(standings.get(d).list());
      assertThat(standing(d).frequency()).isEqualTo(standings.get(d).frequency());
    });
  }

  private void check(String when) {
    long once = 0;
    long all = 0;
    for (int i = 0; i <= CONTENTS; i++) {
      Digest content = digest(i);
      Optional<Standing> standing = policy.standing(content);
      Ghost ghost = ghosts.ghosts.get(content);
      if (cache.resident.containsKey(content)) {
        assertThat(standing).as(when).isPresent();
        assertThat(standing.get().list().isResident()).as(when).isTrue();
        assertThat(standing.get().bytes()).as(when).isEqualTo(size(content));
        assertThat(ghost).as("%s: resident and remembered", when).isNull();
        once += standing.get().list() == SegmentName.PROBATION ? size(content) : 0;
        all += size(content);
      } else {
        assertThat(standing.map(Standing::list))
            .as(when)
            .isEqualTo(Optional.ofNullable(ghost).map(Ghost::list));
      }
    }
    assertThat(all).as(when).isLessThanOrEqualTo(CAPACITY);
    if (ghosts.count(SegmentName.GHOST_PROBATION) > 1) {
      assertThat(once + ghosts.bytes(SegmentName.GHOST_PROBATION))
          .as("%s: T1 and B1", when)
          .isLessThanOrEqualTo(ghostCapacity);
    }
    if (ghosts.count(SegmentName.GHOST_PROVEN) > 1) {
      assertThat(
              all
                  + ghosts.bytes(SegmentName.GHOST_PROBATION)
                  + ghosts.bytes(SegmentName.GHOST_PROVEN))
          .as("%s: all lists", when)
          .isLessThanOrEqualTo(2 * ghostCapacity);
    }
    assertThat(ghosts.ghosts).as(when).hasSizeLessThanOrEqualTo(150);
    assertThat(policy.state().probationShare()).as(when).isBetween(0.05, 0.5);
    checkVictim(when);
  }

  private void checkVictim(String when) {
    Optional<Digest> victim = policy.victim(evictable());
    Predicate<Digest> mayLeave = evictable();
    if (victim.isEmpty()) {
      assertThat(cache.resident.keySet()).as(when).noneMatch(mayLeave);
    } else {
      assertThat(cache.resident).as(when).containsKey(victim.get());
      assertThat(victim.get()).as(when).matches(mayLeave);
    }
  }

  private Predicate<Digest> evictable() {
    return digest -> !inUse.contains(digest);
  }

  private Standing standing(Digest content) {
    return policy.standing(content).orElseThrow();
  }

  private StackArc newPolicy() {
    return new StackArc(
        CAPACITY, clock, (digest, bytes) -> costs.getOrDefault(digest, 1.0), ghosts, OPTIONS);
  }

  /** The same for the same content; now and then nothing, or more than an eighth of all. */
  private static long size(Digest content) {
    long mixed = content.hashCode() * 0x9E3779B97F4A7C15L >>> 40;
    return mixed % 17 == 0 ? 0 : mixed % 23 == 0 ? 200_000_000 + mixed : mixed % 40_000_000;
  }
}
