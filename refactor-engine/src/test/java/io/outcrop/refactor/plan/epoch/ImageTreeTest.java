package io.outcrop.refactor.plan.epoch;

import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.refactor.Seeds;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ImageTreeTest {

  private static final SharingClass.Kind[] KINDS = SharingClass.Kind.values();
  private static final int ROUNDS = Integer.getInteger("outcrop.test.rounds", 200);

  /** Classes as two crossing histories make them, and some at random. */
  private static List<SharingClass> classes(Random random, int images) {
    List<BitSet> sets = new ArrayList<>();
    for (int number = 2 + random.nextInt(12); number > 0; number--) {
      BitSet set = new BitSet();
      int modulus = 2 + random.nextInt(3);
      int rest = random.nextInt(modulus);
      boolean crossing = random.nextBoolean();
      for (int image = 0; image < images; image++) {
        if (crossing ? image % modulus == rest : random.nextBoolean()) {
          set.set(image);
        }
      }
      if (set.cardinality() > 1 && !sets.contains(set)) {
        sets.add(set);
      }
    }
    List<SharingClass> classes = new ArrayList<>();
    for (BitSet set : sets) {
      if (random.nextInt(4) == 0) {
        classes.add(new SharingClass(set, 500, SharingClass.Kind.BASE, classes.size()));
        classes.add(new SharingClass(set, 400, SharingClass.Kind.ADDED, classes.size()));
        continue;
      }
      classes.add(
          new SharingClass(
              set, 1 + random.nextInt(1000), KINDS[random.nextInt(KINDS.length)], classes.size()));
    }
    classes.sort(SharingClass::compare);
    return classes;
  }

  private static long bytesOfAll(List<SharingClass> classes, int images) {
    return classes.stream()
        .filter(of -> {
          for (int image = 0; image < Integer.SIZE; image++) {
            if ((images >>> image & 1) != 0 && !of.images().get(image)) {
              return false;
            }
          }
          return true;
        })
        .mapToLong(SharingClass::bytes)
        .sum();
  }

  /** The most that any tree over a set of images saves, by trying all of them. */
  private static long mostSaved(List<SharingClass> classes, int images) {
    if (Integer.bitCount(images) < 2) {
      return 0;
    }
    long most = 0;
    int lowest = Integer.lowestOneBit(images);
    for (int part = (images - 1) & images; part > 0; part = (part - 1) & images) {
      if ((part & lowest) != 0) {
        most = Math.max(most, mostSaved(classes, part) + mostSaved(classes, images & ~part));
      }
    }
    return most + bytesOfAll(classes, images);
  }

  @Test
  void treesSaveNearlyAsMuchAsTheBestOnes() {
    long saved = 0;
    long best = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Random random = Seeds.random(round);
      int images = 1 + random.nextInt(7);
      List<SharingClass> classes = classes(random, images);
      ImageTree tree = Clustering.tree(images, classes);
      long clustered = tree.saved();
      Grafting.improve(tree);
      long most = mostSaved(classes, (1 << images) - 1);
      assertThat(tree.saved()).as(Seeds.describe(round)).isBetween(clustered, most);
      saved += tree.saved();
      best += most;
    }
    assertThat(saved / (double) best).isGreaterThan(0.98);
  }

  @Test
  void graftingMendsWhatIsJoinedTooEarly() {
    int mended = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Random random = new Random(round);
      List<SharingClass> classes = classes(random, 7);
      ImageTree tree = Clustering.tree(7, classes);
      long clustered = tree.saved();
      Grafting.improve(tree);
      mended += tree.saved() > clustered ? 1 : 0;
    }
    assertThat(mended).isPositive();
  }

  @Test
  void aTreeStaysATreeWhileItIsGrafted() {
    for (int round = 0; round < ROUNDS; round++) {
      Random random = Seeds.random(round);
      int images = 1 + random.nextInt(9);
      ImageTree tree = Clustering.tree(images, classes(random, images));
      Grafting.improve(tree);
      assertThat(tree.parent(tree.root())).isEqualTo(ImageTree.NONE);
      BitSet seen = new BitSet();
      visit(tree, tree.root(), seen);
      assertThat(seen.cardinality()).as(Seeds.describe(round)).isEqualTo(2 * images - 1);
    }
  }

  /** Returns what the images below a node have in common, found anew. */
  private static BitSet visit(ImageTree tree, int node, BitSet seen) {
    assertThat(seen.get(node)).isFalse();
    seen.set(node);
    BitSet common = (BitSet) tree.common(node).clone();
    if (!tree.isLeaf(node)) {
      assertThat(tree.parent(tree.left(node))).isEqualTo(node);
      assertThat(tree.parent(tree.right(node))).isEqualTo(node);
      common = visit(tree, tree.left(node), seen);
      common.and(visit(tree, tree.right(node), seen));
      assertThat(tree.common(node)).isEqualTo(common);
    }
    return common;
  }

  @Test
  void stacksTakeWhatTheTreeSays() {
    for (int round = 0; round < ROUNDS; round++) {
      Random random = Seeds.random(round);
      int images = 1 + random.nextInt(8);
      List<SharingClass> classes = classes(random, images);
      ImageTree tree = Clustering.tree(images, classes);
      Stacks stacks = Stacks.of(new Strata(tree, 1));
      long unpacked = 0;
      for (Placement placement : stacks.placements()) {
        unpacked +=
            stacks.bundles().get(placement.bundle()).stream()
                .mapToLong(number -> classes.get(number).bytes())
                .sum();
      }
      long all = classes.stream().mapToLong(of -> of.bytes() * of.holders()).sum();
      assertThat(unpacked).as(Seeds.describe(round)).isEqualTo(all - tree.saved());
    }
  }

  @Test
  void noStackHasMoreLayersThanAllowed() {
    for (int round = 0; round < ROUNDS; round++) {
      Random random = Seeds.random(round);
      int images = 1 + random.nextInt(8);
      ImageTree tree = Clustering.tree(images, classes(random, images));
      Strata strata = new Strata(tree, 1 + random.nextInt(1000));
      int most = 1 + random.nextInt(5);
      Thinning.thin(strata, random.nextInt(100), most);
      for (int image = 0; image < images; image++) {
        int layers = 1;
        for (int node = image; node != ImageTree.NONE; node = tree.parent(node)) {
          layers += strata.alone(node).cardinality() + (strata.hasJointLayer(node) ? 1 : 0);
        }
        assertThat(strata.layers(image)).as(Seeds.describe(round)).isEqualTo(layers);
        assertThat(layers).as(Seeds.describe(round)).isLessThanOrEqualTo(most);
      }
    }
  }
}
