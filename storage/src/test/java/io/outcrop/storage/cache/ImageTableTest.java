package io.outcrop.storage.cache;

import static io.outcrop.storage.cache.Digests.digest;
import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.oci.Digest;
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
  private static final StackArcOptions.Images OPTIONS = new StackArcOptions.Images(100, 400);
  private static final Digest IMAGE = digest(1);
  private static final Digest OTHER = digest(2);
  private static final Digest BASE = digest(10);
  private static final Digest MIDDLE = digest(11);
  private static final Digest TOP = digest(12);

  private final Set<Digest> resident = new HashSet<>();
  private final Set<Digest> gone = new HashSet<>();
  private final ImageTable table = new ImageTable(OPTIONS);

  @Test
  void contentOfNoImageStandsInNone() {
    table.arrived(BASE);
    table.left(BASE, true);

    assertThat(table.state(BASE)).isEqualTo(StackState.NONE);
  }

  @Test
  void anImageIsWholeOnceItsLastLayerCame() {
    learn(IMAGE, BASE, TOP);
    arrive(BASE);
    assertThat(table.state(BASE)).isEqualTo(StackState.PARTIAL);

    arrive(TOP);

    assertThat(table.state(BASE)).isEqualTo(StackState.COMPLETE);
  }

  @Test
  void anEvictionBreaksAnImageAndALossDoesNot() {
    arrive(BASE, TOP);
    learn(IMAGE, BASE, TOP);

    leave(TOP, false);
    assertThat(table.state(BASE)).isEqualTo(StackState.PARTIAL);
    arrive(TOP);
    leave(TOP, true);
    assertThat(table.state(BASE)).isEqualTo(StackState.BROKEN);
    arrive(TOP);
    assertThat(table.state(BASE)).isEqualTo(StackState.COMPLETE);
    leave(TOP, false);
    assertThat(table.state(BASE)).as("mended in between").isEqualTo(StackState.PARTIAL);
  }

  @Test
  void oneLayerBackDoesNotMendAnImageThatLacksTwo() {
    arrive(BASE, MIDDLE, TOP);
    learn(IMAGE, BASE, MIDDLE, TOP);
    leave(MIDDLE, true);
    leave(TOP, true);
    arrive(TOP);

    assertThat(table.state(BASE)).isEqualTo(StackState.BROKEN);
  }

  @Test
  void aSharedLayerStandsAsInTheBestOfItsImages() {
    arrive(BASE, MIDDLE, TOP);
    learn(IMAGE, BASE, MIDDLE);
    learn(OTHER, BASE, TOP);

    leave(MIDDLE, true);
    assertThat(table.state(BASE)).isEqualTo(StackState.COMPLETE);
    leave(TOP, false);
    assertThat(table.state(BASE)).isEqualTo(StackState.PARTIAL);
    arrive(TOP);
    leave(TOP, true);
    assertThat(table.state(BASE)).isEqualTo(StackState.BROKEN);
  }

  @Test
  void aUseMeansThatWhatIsLackingWillCome() {
    arrive(BASE, TOP);
    learn(IMAGE, BASE, TOP);
    leave(TOP, true);

    table.used(IMAGE);
    table.used(OTHER);

    assertThat(table.state(BASE)).isEqualTo(StackState.PARTIAL);
  }

  @Test
  void anImageLearntOfAfterItsLayerWasEvictedIsBroken() {
    arrive(BASE);
    gone.add(TOP);
    learn(IMAGE, BASE, TOP);

    assertThat(table.state(BASE)).isEqualTo(StackState.BROKEN);
  }

  @Test
  void aLayerListedTwiceCountsOnce() {
    learn(IMAGE, BASE, BASE, TOP);
    arrive(BASE, TOP);

    assertThat(table.memberships()).isEqualTo(2);
    assertThat(table.state(BASE)).isEqualTo(StackState.COMPLETE);
    leave(BASE, true);
    assertThat(table.state(TOP)).isEqualTo(StackState.BROKEN);
  }

  @Test
  void forgetsTheImagesNotUsedForLongest() {
    for (int i = 0; i < 150; i++) {
      learn(digest(1_000 + i), BASE, digest(2_000 + i));
      table.used(digest(1_000));
    }

    assertThat(table.size()).isEqualTo(100);
    assertThat(table.memberships()).isEqualTo(200);
    assertThat(table.state(digest(2_000))).isEqualTo(StackState.PARTIAL);
    assertThat(table.state(digest(2_001))).isEqualTo(StackState.NONE);
    assertThat(table.state(digest(2_149))).isEqualTo(StackState.PARTIAL);
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
    ImageTable tracked = new ImageTable(new StackArcOptions.Images(1_000, 10_000));
    for (int i = 0; i < 10_000; i++) {
      Digest layer = digest(100 + random.nextInt(40));
      Digest image = digest(random.nextInt(30));
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
          tracked.used(image);
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
      states.put(digest(i), table.state(digest(i)));
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
