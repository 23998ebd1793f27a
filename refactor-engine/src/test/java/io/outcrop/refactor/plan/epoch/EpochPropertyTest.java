package io.outcrop.refactor.plan.epoch;

import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.refactor.Seeds;
import io.outcrop.refactor.TestPlanners;
import io.outcrop.refactor.plan.Group;
import io.outcrop.refactor.plan.GroupKey;
import io.outcrop.refactor.plan.Plan;
import io.outcrop.refactor.plan.PlanRequest;
import io.outcrop.refactor.view.Fold;
import io.outcrop.refactor.view.View;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What holds of epochs, and of plans by them, whatever the corpus. */
final class EpochPropertyTest {

  private static final int ROUNDS = Integer.getInteger("outcrop.test.rounds", 60);

  private static EpochOptions options(Random random) {
    return new EpochOptions(1 + random.nextInt(3000), 1 + random.nextInt(9), random.nextInt(300));
  }

  private static Set<GroupKey> keys(View view, List<Group> groups) {
    return groups.stream().map(group -> GroupKey.of(view, group)).collect(Collectors.toSet());
  }

  @Test
  void imagesOfTheCorpusUseBundlesOnlyWithinTheirLayers() throws IOException {
    for (int round = 0; round < ROUNDS; round++) {
      Random random = Seeds.random(round);
      RandomCorpus corpus = new RandomCorpus(random, 1 + random.nextInt(8));
      EpochOptions options = options(random);
      EpochDocument epoch = EpochBuilder.build(corpus, options);
      Set<GroupKey> bundles = epoch.bundles().stream().map(Bundle::key).collect(Collectors.toSet());
      EpochPlanner planner =
          new EpochPlanner(epoch, TestPlanners.scattered(20), random.nextInt(3000));
      LayerCount count = new LayerCount(planner);
      EpochPlanner alone = new EpochPlanner(epoch, TestPlanners.allPrivate(), Long.MAX_VALUE);
      for (View view : corpus.views()) {
        Plan plan = count.add(view, 100);
        Set<GroupKey> shared = keys(view, plan.shared());
        Set<GroupKey> bundled =
            keys(view, alone.plan(new PlanRequest(view, LayerCount.NO_CONTENTS, 100)).shared());
        assertThat(bundles).as(Seeds.describe(round)).containsAll(bundled);
        assertThat(shared).as(Seeds.describe(round)).containsAll(bundled);
        if (!bundled.isEmpty()) {
          assertThat(plan.shared().size() + 1)
              .as(Seeds.describe(round))
              .isLessThanOrEqualTo(options.maxLayers());
        }
      }
    }
  }

  @Test
  void theOrderOfTheCorpusMakesNoDifference() throws IOException {
    for (int round = 0; round < ROUNDS; round++) {
      Random random = Seeds.random(round);
      RandomCorpus corpus = new RandomCorpus(random, 1 + random.nextInt(8));
      EpochOptions options = options(random);
      EpochDocument epoch = EpochBuilder.build(corpus, options);
      EpochDocument again = EpochBuilder.build(corpus.shuffled(), options);
      assertThat(again.toByteArray()).as(Seeds.describe(round)).isEqualTo(epoch.toByteArray());
    }
  }

  @Test
  void everyBundleIsUsedByTwoImagesAtLeastAndHasItsThreshold() throws IOException {
    for (int round = 0; round < ROUNDS; round++) {
      Random random = Seeds.random(round);
      RandomCorpus corpus = new RandomCorpus(random, 2 + random.nextInt(7));
      EpochOptions options = new EpochOptions(1 + random.nextInt(5000), 100, 0);
      EpochDocument epoch = EpochBuilder.build(corpus, options);
      EpochPlanner planner = new EpochPlanner(epoch, TestPlanners.allPrivate());
      Map<GroupKey, Integer> uses = new HashMap<>();
      for (View view : corpus.views()) {
        Plan plan = planner.plan(new PlanRequest(view, LayerCount.NO_CONTENTS, 100));
        keys(view, plan.shared()).forEach(key -> uses.merge(key, 1, Integer::sum));
      }
      for (Bundle bundle : epoch.bundles()) {
        assertThat(uses.get(bundle.key())).as(Seeds.describe(round)).isGreaterThan(1);
        assertThat(bundle.bytes()).isGreaterThanOrEqualTo(options.threshold());
      }
    }
  }

  /**
   * Without a threshold and with layers enough, nothing is stored twice: no layering stores less.
   */
  @Test
  void withoutLimitsNoContentIsStoredTwice() throws IOException {
    for (int round = 0; round < ROUNDS; round++) {
      Random random = Seeds.random(round);
      RandomCorpus corpus = new RandomCorpus(random, 2 + random.nextInt(7));
      EpochDocument epoch = EpochBuilder.build(corpus, new EpochOptions(1, 500, 0));
      LayerCount count = new LayerCount(new EpochPlanner(epoch, TestPlanners.allPrivate()));
      Map<GroupKey, Long> units = new HashMap<>();
      for (View view : corpus.views()) {
        count.add(view, 500);
        units.putAll(units(view));
      }
      assertThat(count.stored())
          .as(Seeds.describe(round))
          .isEqualTo(units.values().stream().mapToLong(Long::longValue).sum());
    }
  }

  /** Each file that is no directory, with all its names, as a group of its own. */
  private static Map<GroupKey, Long> units(View view) {
    Map<Integer, Set<Integer>> names = new HashMap<>();
    for (int entry = 0; entry < view.size(); entry++) {
      if (!view.isDirectory(entry)) {
        names.computeIfAbsent(view.firstName(entry), _ -> new HashSet<>()).add(entry);
      }
    }
    Map<GroupKey, Long> units = new HashMap<>();
    names.forEach((first, entries) -> {
      int[] group = entries.stream().mapToInt(Integer::intValue).toArray();
      units.put(GroupKey.of(view, new Group("unit", group)), view.length(first));
    });
    return units;
  }

  @Test
  void imagesOutsideTheCorpusAreLayeredToo() throws IOException {
    int shared = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Random random = Seeds.random(round);
      RandomCorpus corpus = new RandomCorpus(random, 3 + random.nextInt(6));
      EpochDocument epoch = EpochBuilder.build(corpus, options(random));
      EpochPlanner planner = new EpochPlanner(epoch, TestPlanners.scattered(5), 0);
      LayerCount count = new LayerCount(planner);
      for (View view : new RandomCorpus(random, 5).views()) {
        shared += count.add(view, 1 + random.nextInt(20)).shared().size();
      }
    }
    assertThat(shared).isPositive();
  }

  @Test
  void anImageThatHoldsNoBundleIsLeftToTheFallback() throws IOException {
    RandomCorpus corpus = new RandomCorpus(Seeds.random(0), 6);
    EpochDocument epoch = EpochBuilder.build(corpus, new EpochOptions(1, 24, 0));
    View empty = Fold.fold(List.of());
    View other = new RandomCorpus(new Random(1), 1).view(0);
    EpochDocument foreign = EpochBuilder.build(RandomCorpus.of(List.of(other)), epoch.options());
    assertThat(foreign.bundles()).isEmpty();
    PlanRequest request = new PlanRequest(other, LayerCount.NO_CONTENTS, 40);
    Plan plan = new EpochPlanner(foreign, TestPlanners.scattered(30)).plan(request);
    Plan expected = TestPlanners.scattered(30).plan(request);
    assertThat(keys(other, plan.shared())).isEqualTo(keys(other, expected.shared()));
    assertThat(
            new EpochPlanner(epoch, TestPlanners.allPrivate())
                .plan(new PlanRequest(empty, LayerCount.NO_CONTENTS, 1))
                .top()
                .size())
        .isZero();
  }
}
