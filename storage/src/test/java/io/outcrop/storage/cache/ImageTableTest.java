package io.outcrop.storage.cache;

import static io.outcrop.storage.cache.Digests.digest;
import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.oci.Digest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ImageTableTest {

  private static final long SEED = Long.getLong("outcrop.test.seed", System.nanoTime());
  private static final long NOW = 1_750_000_000_000L;
  private static final long HOUR = 3_600_000;
  private static final StackArcOptions.Stacks OPTIONS =
      new StackArcOptions.Stacks(0.5, 1.5, 3, Duration.ofHours(1), 0.25, 100, 400);
  private static final Digest IMAGE = digest(1);
  private static final Digest OTHER = digest(2);
  private static final Digest BASE = digest(10);
  private static final Digest MIDDLE = digest(11);
  private static final Digest TOP = digest(12);

  private final Set<Digest> resident = new HashSet<>();
  private final Set<Digest> gone = new HashSet<>();
  private final List<Digest> changed = new ArrayList<>();
  private final ImageTable table = new ImageTable(OPTIONS, changed::add);

  @Test
  void contentOfNoImageStandsInNone() {
    table.arrived(BASE);
    table.left(BASE, true);

    assertThat(table.state(BASE, NOW)).isEqualTo(StackState.NONE);
    assertThat(changed).isEmpty();
  }

  @Test
  void anImageIsWholeOnceItsLastLayerCame() {
    learn(IMAGE, BASE, TOP);
    arrive(BASE);
    assertThat(table.state(BASE, NOW)).isEqualTo(StackState.PARTIAL);
    assertThat(table.makesWhole(BASE)).isFalse();
    changed.clear();

    arrive(TOP);

    assertThat(table.state(BASE, NOW)).isEqualTo(StackState.COMPLETE);
    assertThat(table.makesWhole(TOP)).isTrue();
    assertThat(changed).containsExactlyInAnyOrder(BASE, TOP);
  }

  @Test
  void anEvictionBreaksAnImageAndALossDoesNot() {
    arrive(BASE, TOP);
    learn(IMAGE, BASE, TOP);

    leave(TOP, false);
    assertThat(table.state(BASE, NOW)).isEqualTo(StackState.PARTIAL);
    arrive(TOP);
    leave(TOP, true);
    assertThat(table.state(BASE, NOW)).isEqualTo(StackState.BROKEN);
    arrive(TOP);
    assertThat(table.state(BASE, NOW)).isEqualTo(StackState.COMPLETE);
    leave(TOP, false);
    assertThat(table.state(BASE, NOW)).as("mended in between").isEqualTo(StackState.PARTIAL);
  }

  @Test
  void oneLayerBackDoesNotMendAnImageThatLacksTwo() {
    arrive(BASE, MIDDLE, TOP);
    learn(IMAGE, BASE, MIDDLE, TOP);
    leave(MIDDLE, true);
    leave(TOP, true);
    arrive(TOP);

    assertThat(table.state(BASE, NOW)).isEqualTo(StackState.BROKEN);
  }

  @Test
  void aSharedLayerStandsAsInTheBestOfItsImages() {
    arrive(BASE, MIDDLE, TOP);
    learn(IMAGE, BASE, MIDDLE);
    learn(OTHER, BASE, TOP);

    leave(MIDDLE, true);
    assertThat(table.state(BASE, NOW)).isEqualTo(StackState.COMPLETE);
    leave(TOP, false);
    assertThat(table.state(BASE, NOW)).isEqualTo(StackState.PARTIAL);
    arrive(TOP);
    leave(TOP, true);
    assertThat(table.state(BASE, NOW)).isEqualTo(StackState.BROKEN);
  }

  @Test
  void aUseMeansThatWhatIsLackingWillCome() {
    arrive(BASE, TOP);
    learn(IMAGE, BASE, TOP);
    leave(TOP, true);
    changed.clear();

    assertThat(table.used(IMAGE, NOW)).containsExactly(BASE, TOP);

    assertThat(table.state(BASE, NOW)).isEqualTo(StackState.PARTIAL);
    assertThat(changed).contains(BASE);
    assertThat(table.used(OTHER, NOW)).isEmpty();
  }

  @Test
  void anImageLearntOfAfterItsLayerWasEvictedIsBroken() {
    arrive(BASE);
    gone.add(TOP);
    learn(IMAGE, BASE, TOP);

    assertThat(table.state(BASE, NOW)).isEqualTo(StackState.BROKEN);
  }

  @Test
  void isHotForAsLongAsItsUsesLast() {
    arrive(BASE, TOP);
    learn(IMAGE, BASE, TOP);
    for (int i = 0; i < 5; i++) {
      table.used(IMAGE, NOW);
    }
    // 5 uses decay to 3 in 0.737 of the half-life of an hour.
    assertThat(table.state(BASE, NOW)).isEqualTo(StackState.HOT);
    assertThat(table.state(BASE, NOW + HOUR * 73 / 100)).isEqualTo(StackState.HOT);
    assertThat(table.state(BASE, NOW + HOUR * 74 / 100)).isEqualTo(StackState.COMPLETE);
  }

  @Test
  void isHotOnlyWhileItIsWhole() {
    arrive(BASE, MIDDLE, TOP);
    learn(IMAGE, BASE, MIDDLE);
    learn(OTHER, BASE, TOP);
    IntStream.range(0, 9).forEach(i -> table.used(IMAGE, NOW));
    IntStream.range(0, 5).forEach(i -> table.used(OTHER, NOW));
    assertThat(table.state(TOP, NOW + HOUR)).isEqualTo(StackState.COMPLETE);
    assertThat(table.state(BASE, NOW + HOUR)).isEqualTo(StackState.HOT);

    leave(MIDDLE, true);
    assertThat(table.state(BASE, NOW)).as("by the other image").isEqualTo(StackState.HOT);
    assertThat(table.state(BASE, NOW + HOUR)).isEqualTo(StackState.COMPLETE);
    arrive(MIDDLE);
    assertThat(table.state(BASE, NOW + HOUR)).isEqualTo(StackState.HOT);
    table.forget(IMAGE);
    assertThat(table.state(BASE, NOW + HOUR)).isEqualTo(StackState.COMPLETE);
    assertThat(table.state(MIDDLE, NOW)).isEqualTo(StackState.NONE);
  }

  @Test
  void aLayerListedTwiceCountsOnce() {
    learn(IMAGE, BASE, BASE, TOP);
    arrive(BASE, TOP);

    assertThat(table.memberships()).isEqualTo(2);
    assertThat(table.state(BASE, NOW)).isEqualTo(StackState.COMPLETE);
    leave(BASE, true);
    assertThat(table.state(TOP, NOW)).isEqualTo(StackState.BROKEN);
  }

  @Test
  void forgetsTheImagesNotUsedForLongest() {
    for (int i = 0; i < 150; i++) {
      learn(digest(1_000 + i), BASE, digest(2_000 + i));
      table.used(digest(1_000), NOW);
    }

    assertThat(table.size()).isEqualTo(100);
    assertThat(table.memberships()).isEqualTo(200);
    assertThat(table.used(digest(1_000), NOW)).isNotEmpty();
    assertThat(table.used(digest(1_001), NOW)).isEmpty();
    assertThat(table.used(digest(1_149), NOW)).isNotEmpty();
    assertThat(table.state(digest(2_001), NOW)).isEqualTo(StackState.NONE);
  }

  @Test
  void isBoundedInLayersToo() {
    for (int i = 0; i < 50; i++) {
      int image = i;
      learn(
          digest(i),
          IntStream.range(0, 60).mapToObj(n -> digest(1_000 * image + n)).toArray(Digest[]::new));
    }
    assertThat(table.memberships()).isEqualTo(360);
    assertThat(table.size()).isEqualTo(6);
  }

  @Test
  void doesNotLookAtWhatNoRuntimeWouldRun() {
    learn(
        IMAGE,
        IntStream.rangeClosed(0, ImageTable.MOST_LAYERS)
            .mapToObj(Digests::digest)
            .toArray(Digest[]::new));
    learn(OTHER);

    assertThat(table.size()).isZero();
  }

  /** Random events against a model that looks at all images each time. */
  @Test
  void behavesLikeAModelThatLooksAtAll() {
    Random random = new Random(SEED);
    Map<Digest, Set<Digest>> images = new HashMap<>();
    Set<Digest> broken = new HashSet<>();
    Map<Digest, StackState> told = new HashMap<>();
    ImageTable tracked =
        new ImageTable(
            new StackArcOptions.Stacks(0.5, 1.5, 1e9, Duration.ofHours(1), 0, 1_000, 10_000),
            d -> told.put(d, StackState.NONE));
    for (int i = 0; i < 10_000; i++) {
      Digest layer = digest(100 + random.nextInt(40));
      Digest image = digest(random.nextInt(30));
      told.clear();
      Map<Digest, StackState> before = states(tracked);
      switch (random.nextInt(6)) {
        case 0 -> {
          Set<Digest> layers = new LinkedHashSet<>();
          for (int n = random.nextInt(6); n >= 0; n--) {
            layers.add(digest(100 + random.nextInt(40)));
          }
          tracked.learn(image, layers, resident::contains, gone::contains);
          if (images.putIfAbsent(image, layers) == null
              && layers.stream().anyMatch(d -> !resident.contains(d) && gone.contains(d))) {
            broken.add(image);
          }
        }
        case 1 -> {
          if (random.nextInt(3) == 0) {
            tracked.forget(image);
            images.remove(image);
            broken.remove(image);
          }
        }
        case 2 -> {
          tracked.used(image, NOW);
          broken.remove(image);
        }
        case 3, 4 -> {
          resident.add(layer);
          gone.remove(layer);
          tracked.arrived(layer);
          broken.removeIf(b -> resident.containsAll(images.get(b)));
        }
        default -> {
          boolean evicted = random.nextBoolean();
          if (resident.remove(layer)) {
            tracked.left(layer, evicted);
            if (evicted) {
              gone.add(layer);
              images.forEach((b, layers) -> {
                if (layers.contains(layer)) {
                  broken.add(b);
                }
              });
            }
          }
        }
      }
      Map<Digest, StackState> after = states(tracked);
      for (Digest content : after.keySet()) {
        assertThat(after.get(content))
            .as("seed %d, event %d", SEED, i)
            .isEqualTo(expected(content, images, broken));
        if (after.get(content) != before.get(content)) {
          assertThat(told).as("seed %d, event %d: told of a change", SEED, i).containsKey(content);
        }
      }
    }
  }

  private StackState expected(Digest content, Map<Digest, Set<Digest>> images, Set<Digest> broken) {
    Predicate<Map.Entry<Digest, Set<Digest>>> isWhole = i -> resident.containsAll(i.getValue());
    List<Map.Entry<Digest, Set<Digest>>> mine =
        images.entrySet().stream().filter(i -> i.getValue().contains(content)).toList();
    if (mine.isEmpty()) {
      return StackState.NONE;
    }
    if (mine.stream().anyMatch(isWhole)) {
      return StackState.COMPLETE;
    }
    return mine.stream().allMatch(i -> broken.contains(i.getKey()))
        ? StackState.BROKEN
        : StackState.PARTIAL;
  }

  private static Map<Digest, StackState> states(ImageTable table) {
    Map<Digest, StackState> states = new HashMap<>();
    for (int i = 100; i < 140; i++) {
      states.put(digest(i), table.state(digest(i), NOW));
    }
    return states;
  }

  private void learn(Digest image, Digest... layers) {
    table.learn(image, List.of(layers), resident::contains, gone::contains);
  }

  private void arrive(Digest... layers) {
    for (Digest layer : layers) {
      resident.add(layer);
      table.arrived(layer);
    }
  }

  private void leave(Digest layer, boolean evicted) {
    resident.remove(layer);
    table.left(layer, evicted);
  }
}
