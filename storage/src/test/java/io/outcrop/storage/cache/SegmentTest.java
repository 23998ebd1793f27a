package io.outcrop.storage.cache;

import static io.outcrop.storage.cache.Digests.digest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.outcrop.oci.Digest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class SegmentTest {

  private static final long SEED = Long.getLong("outcrop.test.seed", System.nanoTime());
  private static final Predicate<Digest> ALL = digest -> true;

  private final Segment segment = new Segment();

  @Test
  void namesWhatIsWorthLeast() {
    add(1, 10, 3);
    add(2, 10, 1);
    add(3, 10, 2);

    assertThat(first(ALL)).isEqualTo(digest(2));
  }

  @Test
  void ofEqualValuesNamesTheOneNotUsedForLongest() {
    for (int i = 0; i < 20; i++) {
      Resident resident = new Resident(digest(i), 1, 1, false, i == 13 ? 5 : 100 + i);
      segment.add(resident, 1);
    }

    assertThat(first(ALL)).isEqualTo(digest(13));
  }

  @Test
  void whatIsUsedAfterAnEvictionIsWorthThatMuchMore() {
    Resident first = add(1, 10, 1);
    Resident second = add(2, 10, 1.5f);
    segment.remove(first);
    segment.inflateTo(first.value);

    Resident third = add(3, 10, 1);

    assertThat(third.value).isEqualTo(2);
    assertThat(first(ALL)).isEqualTo(second.digest);
    segment.used(second, 1.5f);
    assertThat(first(ALL)).isEqualTo(third.digest);
  }

  @Test
  void reweighingLeavesWhatItBuildsOn() {
    segment.inflateTo(10);
    Resident resident = add(1, 10, 2);
    segment.inflateTo(11);

    segment.reweighed(resident, 3);

    assertThat(resident.value).isEqualTo(13);
  }

  @Test
  void passesOverWhatMayNotLeaveAndFindsItInItsPlaceLater() {
    for (int i = 0; i < 10; i++) {
      add(i, 10, i + 1);
    }
    Set<Digest> inUse = new HashSet<>(Set.of(digest(0), digest(1), digest(2)));

    assertThat(first(digest -> !inUse.contains(digest))).isEqualTo(digest(3));
    assertThat(segment.asideBytes()).isEqualTo(30);
    assertThat(segment.bytes()).isEqualTo(100);

    inUse.remove(digest(1));
    assertThat(first(digest -> !inUse.contains(digest))).isEqualTo(digest(1));
    assertThat(segment.asideBytes()).isEqualTo(20);
  }

  @Test
  void looksAtFewOfThoseInUseForEachVictim() {
    int pinned = 10_000;
    Set<Digest> pins = new HashSet<>();
    for (int i = 0; i < pinned; i++) {
      pins.add(add(i, 1, 1).digest);
    }
    for (int i = pinned; i < pinned + 100; i++) {
      add(i, 1, 2);
    }
    AtomicInteger asked = new AtomicInteger();
    Predicate<Digest> evictable =
        digest -> {
          asked.incrementAndGet();
          return !pins.contains(digest);
        };
    assertThat(first(evictable)).isNotNull();
    assertThat(asked.getAndSet(0)).isEqualTo(pinned + 1);

    for (int i = 0; i < 100; i++) {
      assertThat(first(evictable)).isNotNull();
    }

    assertThat(asked).hasValueLessThanOrEqualTo(500);
  }

  @Test
  void givesUpOnlyAfterLookingAtAllThatIsAside() {
    for (int i = 0; i < 100; i++) {
      add(i, 1, i + 1);
    }
    assertThat(first(digest -> false)).isNull();

    assertThat(first(digest(77)::equals)).isEqualTo(digest(77));
  }

  @Test
  void valuesAreRebasedBeforeTheyLoseTheirDigits() {
    List<Resident> residents = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      residents.add(add(i, 1, 3e-12f * (i + 1)));
    }
    assertThat(first(digest(9)::equals)).isEqualTo(digest(9)); // 0 to 8 are aside now.
    residents.forEach(r -> segment.used(r, r.weight));
    segment.inflateTo(Segment.MOST_INFLATION);
    residents.forEach(r -> segment.used(r, r.weight));

    segment.inflateTo(Segment.MOST_INFLATION * 1.5);

    assertThat(segment.inflation()).isZero();
    for (Resident resident : residents) {
      assertThat(resident.value).isCloseTo(-Segment.MOST_INFLATION / 2, within(1e-6));
    }
    residents.forEach(r -> segment.used(r, r.weight));
    // What is aside comes back, four for each look.
    for (int look = 0; look < 3; look++) {
      assertThat(first(ALL)).isNotNull();
    }
    for (int i = 0; i < 10; i++) {
      assertThat(first(ALL)).isEqualTo(digest(i));
      segment.remove(residents.get(i));
    }
  }

  @Test
  void aSavedValueIsNoMoreThanThatOfAUseNow() {
    segment.restoreInflation(5);
    Resident low = new Resident(digest(1), 1, 1, false, 0);
    Resident high = new Resident(digest(2), 1, 1, false, 0);

    segment.restore(low, 2, 4.5);
    segment.restore(high, 2, 1_000);

    assertThat(low.value).isEqualTo(4.5);
    assertThat(high.value).isEqualTo(7);
  }

  @Test
  void eachComesInItsTurnToBeValuedAnew() {
    Set<Digest> seen = new HashSet<>();
    for (int i = 0; i < 10; i++) {
      add(i, 1, i + 1);
    }

    for (int i = 0; i < 4; i++) {
      segment.eachOfNext(3, resident -> seen.add(resident.digest));
    }

    assertThat(seen).hasSize(10);
    segment.eachOfNext(1_000, resident -> seen.add(resident.digest));
    new Segment().eachOfNext(3, resident -> seen.clear());
    assertThat(seen).hasSize(10);
  }

  /** Random operations against a list that is searched. */
  @Test
  void behavesLikeAListThatIsSearched() {
    Random random = new Random(SEED);
    Map<Digest, Resident> members = new HashMap<>();
    Set<Digest> pinned = new HashSet<>();
    for (int i = 0; i < 50; i++) {
      pinned.add(digest(random.nextInt(400)));
    }
    for (int i = 0; i < 100_000; i++) {
      Digest digest = digest(random.nextInt(400));
      Resident member = members.get(digest);
      float weight = random.nextFloat();
      if (member == null) {
        Resident resident = new Resident(digest, random.nextInt(1_000), 1, false, i);
        segment.add(resident, weight);
        members.put(digest, resident);
      } else {
        switch (random.nextInt(i / 10_000 % 2 == 0 ? 8 : 3)) {
          case 0 -> {
            segment.remove(member);
            members.remove(digest);
          }
          case 1 -> segment.used(member, weight);
          case 2 -> segment.reweighed(member, weight);
          default -> {
            Digest first = first(d -> !pinned.contains(d));
            assertThat(first)
                .as("seed %d, operation %d", SEED, i)
                .isEqualTo(least(members, pinned));
            if (first != null && random.nextBoolean()) {
              Resident victim = members.remove(first);
              segment.remove(victim);
              segment.inflateTo(victim.value);
            }
          }
        }
      }
      long bytes = members.values().stream().mapToLong(r -> r.bytes).sum();
      assertThat(segment.bytes()).as("seed %d, operation %d", SEED, i).isEqualTo(bytes);
      assertThat(segment.size()).as("seed %d, operation %d", SEED, i).isEqualTo(members.size());
    }
  }

  private static @Nullable Digest least(Map<Digest, Resident> members, Set<Digest> pinned) {
    return members.values().stream()
        .filter(r -> !pinned.contains(r.digest))
        .min(
            Comparator.<Resident>comparingDouble(r -> r.value)
                .thenComparingLong(r -> r.lastAccessMillis))
        .map(r -> r.digest)
        .orElse(null);
  }

  private Resident add(int number, long bytes, float weight) {
    Resident resident = new Resident(digest(number), bytes, 1, false, number);
    segment.add(resident, weight);
    return resident;
  }

  private @Nullable Digest first(Predicate<Digest> evictable) {
    Resident first = segment.first(evictable);
    return first == null ? null : first.digest;
  }
}
