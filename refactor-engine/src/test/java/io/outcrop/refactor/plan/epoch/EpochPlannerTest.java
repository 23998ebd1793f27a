package io.outcrop.refactor.plan.epoch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.outcrop.refactor.EngineOptions;
import io.outcrop.refactor.LayerFixture;
import io.outcrop.refactor.MemoryContents;
import io.outcrop.refactor.Outcome;
import io.outcrop.refactor.RefactorEngine;
import io.outcrop.refactor.RefactorProgress;
import io.outcrop.refactor.RefactorRequest;
import io.outcrop.refactor.TestImage;
import io.outcrop.refactor.TestPlanners;
import io.outcrop.refactor.build.MemoryRefactorState;
import io.outcrop.refactor.compress.Packing;
import io.outcrop.refactor.model.Cancellation;
import io.outcrop.refactor.model.ContentHash;
import io.outcrop.refactor.model.Limits;
import io.outcrop.refactor.plan.Group;
import io.outcrop.refactor.plan.GroupKey;
import io.outcrop.refactor.plan.Plan;
import io.outcrop.refactor.plan.PlanRequest;
import io.outcrop.refactor.plan.VolatilePaths;
import io.outcrop.refactor.tar.RawTar;
import io.outcrop.refactor.view.View;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EpochPlannerTest {

  private static final EpochOptions OPTIONS = new EpochOptions(100, 24, 0);

  private static RawTar base(long time) {
    return new RawTar()
        .add("usr", '5', "", header -> header.mode(0755).seconds(time))
        .add("usr/lib", '5', "", header -> header.mode(0755).seconds(time))
        .file("usr/lib/libc.so", "c".repeat(1000))
        .symlink("usr/lib/libc.so.6", "libc.so")
        .file("usr/lib/libm.so", "m".repeat(500))
        .hardLink("usr/lib/libm.so.6", "usr/lib/libm.so");
  }

  private static RawTar python() {
    return new RawTar().directory("opt").file("opt/python", "p".repeat(2000));
  }

  private static View image(long time, RawTar... more) throws IOException {
    List<RawTar> layers = new ArrayList<>(List.of(base(time)));
    layers.addAll(List.of(more));
    return LayerFixture.view(layers.toArray(RawTar[]::new));
  }

  private static RawTar own(String name) {
    return new RawTar().file(name, name.repeat(300));
  }

  /** A base that all have, an interpreter that two have, and something of each one's own. */
  private static List<View> images() throws IOException {
    return List.of(
        image(1, own("redis")), image(2, python(), own("web")), image(3, python(), own("batch")));
  }

  private static EpochDocument epoch() throws IOException {
    return EpochBuilder.build(RandomCorpus.of(images()), OPTIONS);
  }

  private static Plan plan(EpochDocument epoch, View view) throws IOException {
    return new EpochPlanner(epoch, TestPlanners.allPrivate())
        .plan(new PlanRequest(view, LayerCount.NO_CONTENTS, 100));
  }

  private static List<String> names(Plan plan) {
    return plan.shared().stream().map(Group::name).toList();
  }

  @Test
  void whatMostImagesShareIsLowest() throws IOException {
    EpochDocument epoch = epoch();
    List<View> images = images();
    assertThat(names(plan(epoch, images.get(0)))).containsExactly("usr/lib/libc.so");
    assertThat(names(plan(epoch, images.get(1))))
        .containsExactly("usr/lib/libc.so", "opt/python")
        .isEqualTo(names(plan(epoch, images.get(2))));
    // All names of a file, and its links; directories are each image's own.
    assertThat(plan(epoch, images.get(0)).shared().getFirst().size()).isEqualTo(4);
  }

  @Test
  void aBaseIsABundleOfItsOwnWhateverItsImagesHaveInCommonBesides() throws IOException {
    EpochDocument epoch =
        EpochBuilder.build(
            RandomCorpus.of(List.of(image(1, python(), own("a")), image(2, python(), own("b")))),
            OPTIONS);
    assertThat(names(plan(epoch, image(3, own("c"))))).containsExactly("usr/lib/libc.so");
    assertThat(names(plan(epoch, image(3, python()))))
        .containsExactly("usr/lib/libc.so", "opt/python");
  }

  @Test
  void aLaterVersionUsesTheBundlesItStillHoldsWhole() throws IOException {
    RawTar update = new RawTar().file("usr/lib/libm.so", "M".repeat(500));
    Plan plan = plan(epoch(), image(4, python(), update, own("web")));
    assertThat(names(plan)).containsExactly("opt/python");
  }

  @Test
  void settingsThatDifferCostNoBundle() throws IOException {
    RawTar settings = new RawTar().directory("etc").file("etc/passwd", "r".repeat(50));
    EpochDocument epoch =
        EpochBuilder.build(
            RandomCorpus.of(List.of(image(1, settings, own("a")), image(2, settings, own("b")))),
            OPTIONS);
    RawTar others = new RawTar().directory("etc").file("etc/passwd", "s".repeat(50));
    assertThat(names(plan(epoch, image(3, others)))).containsExactly("usr/lib/libc.so");
  }

  @Test
  void volatileFilesAreThoseThatImagesDoNotHaveAlike() {
    assertThat(
            List.of(
                "etc/passwd",
                "etc/alternatives/awk",
                "var/lib/dpkg/status",
                "var/lib/dpkg/info/libc6:amd64.list",
                "var/lib/dpkg/triggers/Unincorp",
                "lib/apk/db/installed",
                "var/cache/debconf/config.dat"))
        .allMatch(VolatilePaths::contains);
    assertThat(
            List.of(
                "usr/etc/passwd",
                "etcetera",
                "var/lib/dpkg/info/libc6:amd64.md5sums",
                "var/lib/dpkg/status.d/libc6",
                "var/lib/postgresql/data",
                "opt/etc/x"))
        .noneMatch(VolatilePaths::contains);
  }

  @Test
  void anyModificationOfAMemberGivesUpTheBundle() throws IOException {
    EpochDocument epoch = epoch();
    List<RawTar> changes =
        List.of(
            new RawTar().file("opt/python", "q".repeat(2000)),
            new RawTar().add("opt/python", '0', "p".repeat(2000), header -> header.mode(0755)),
            new RawTar().add("opt/python", '0', "p".repeat(2000), header -> header.seconds(9)),
            new RawTar().file("opt/.wh.python", ""),
            new RawTar().file("opt/python", "p".repeat(2000)).hardLink("opt/link", "opt/python"));
    assertThat(names(plan(epoch, image(5, python())))).contains("opt/python");
    for (RawTar change : changes) {
      assertThat(names(plan(epoch, image(5, python(), change)))).containsExactly("usr/lib/libc.so");
    }
  }

  @Test
  void keysAloneAreNotBelieved() throws IOException {
    EpochDocument epoch = epoch();
    List<Bundle> forged =
        epoch.bundles().stream()
            .map(bundle ->
                new Bundle(
                    bundle.name(),
                    new GroupKey(ContentHash.OF_NOTHING),
                    bundle.bytes(),
                    bundle.classes()))
            .toList();
    EpochDocument liar =
        new EpochDocument(
            epoch.options(), epoch.images(), epoch.classes(), forged, epoch.placements());
    for (View view : images()) {
      assertThat(plan(liar, view).shared()).isEmpty();
    }
  }

  @Test
  void bundlesThatOverlapAreNotBothUsed() throws IOException {
    EpochDocument epoch = epoch();
    List<Placement> twice = new ArrayList<>(epoch.placements());
    View view = images().get(1);
    int[] both = plan(epoch, view).shared().stream().flatMapToInt(Group::entries).toArray();
    List<Bundle> bundles = new ArrayList<>(epoch.bundles());
    bundles.add(new Bundle("both", GroupKey.of(view, new Group("", both)), 9, List.of(0, 1)));
    twice.add(new Placement(twice.size() - 1, bundles.size() - 1));
    EpochDocument overlapping =
        new EpochDocument(OPTIONS, epoch.images(), epoch.classes(), bundles, twice);
    assertThat(names(plan(overlapping, view))).containsExactly("usr/lib/libc.so", "opt/python");
  }

  @Test
  void aBundleThatNamesAnEntryTwiceIsNotUsed() throws IOException {
    EpochDocument epoch = epoch();
    View view = images().get(1);
    List<EntryKeys> classes = new ArrayList<>(epoch.classes());
    classes.add(classes.getFirst());
    int[] once = plan(epoch, view).shared().getFirst().entries().toArray();
    int[] twice = IntStream.concat(Arrays.stream(once), Arrays.stream(once)).toArray();
    List<Bundle> bundles =
        List.of(
            new Bundle(
                "twice",
                GroupKey.of(view, new Group("", twice)),
                9,
                List.of(0, classes.size() - 1)));
    EpochDocument doubled =
        new EpochDocument(
            OPTIONS, epoch.images(), classes, bundles, List.of(new Placement(Placement.BOTTOM, 0)));
    assertThat(plan(doubled, view).shared()).isEmpty();
  }

  @Test
  void theRestGoesToTheFallbackIfItIsWorthIt() throws IOException {
    EpochDocument epoch = epoch();
    View view = images().get(1);
    PlanRequest request = new PlanRequest(view, LayerCount.NO_CONTENTS, 100);
    Plan split = new EpochPlanner(epoch, TestPlanners.byTop(), 1000).plan(request);
    Plan whole = new EpochPlanner(epoch, TestPlanners.byTop(), 2000).plan(request);
    assertThat(split.shared()).hasSize(2);
    assertThat(whole.shared()).hasSize(2);
    View larger = image(2, python(), own("web"), new RawTar().file("srv/data", "d".repeat(4000)));
    request = new PlanRequest(larger, LayerCount.NO_CONTENTS, 100);
    assertThat(new EpochPlanner(epoch, TestPlanners.byTop(), 1000).plan(request).shared())
        .extracting(Group::name)
        .containsExactly("usr/lib/libc.so", "opt/python", "group 0");
    assertThat(new EpochPlanner(epoch, TestPlanners.byTop(), 1_000_000).plan(request).shared())
        .hasSize(2);
  }

  @Test
  void thePolicyNamesTheEpochAndAllThatChangesAPlan() throws IOException {
    EpochDocument epoch = epoch();
    String policy = new EpochPlanner(epoch, TestPlanners.byTop(), 7).policy();
    assertThat(policy)
        .isEqualTo("epoch-1;plan=" + epoch.digest() + ";rest=7;fallback=(by-top)")
        .doesNotContainAnyWhitespaces();
    assertThat(plan(epoch, images().getFirst()).annotations())
        .containsEntry(EpochPlanner.ANNOTATION, epoch.digest().toString());
  }

  @Test
  void imagesOfTheSameBundlesShareTheirLayersByteForByte(@TempDir Path directory)
      throws IOException {
    MemoryContents contents = new MemoryContents();
    RefactorEngine engine =
        new RefactorEngine(
            new EngineOptions(Limits.DEFAULT, 2, directory, 1 << 20),
            new MemoryRefactorState(1000));
    EpochPlanner planner = new EpochPlanner(epoch(), TestPlanners.allPrivate());
    List<Set<String>> layers = new ArrayList<>();
    for (String name : List.of("web", "batch", "unheard of")) {
      TestImage image = new TestImage(contents).layers(base(7), python(), own(name));
      Outcome outcome =
          engine.refactor(
              new RefactorRequest(
                  image.write(), image.mediaType(), contents, contents, planner, Packing.GZIP, 100),
              Cancellation.untilCancelled(),
              RefactorProgress.NONE);
      assertThat(outcome).isInstanceOf(Outcome.Refactored.class);
      List<Outcome.Layer> made = ((Outcome.Refactored) outcome).layers();
      layers.add(
          Set.of(made.get(0).built().blob().toString(), made.get(1).built().blob().toString()));
      assertThat(made).hasSize(3);
    }
    assertThat(Set.copyOf(layers)).hasSize(1);
  }

  @Test
  void aCorpusThatChangesWhileItIsReadIsRefused() throws IOException {
    List<View> images = images();
    View other = LayerFixture.view(own("other"));
    Corpus changing =
        new Corpus() {
          private int asked;

          @Override
          public int size() {
            return images.size();
          }

          @Override
          public View view(int image) {
            return asked++ < images.size() ? images.get(image) : other;
          }
        };
    assertThatThrownBy(() -> EpochBuilder.build(changing, OPTIONS))
        .isInstanceOf(IOException.class)
        .hasMessage("an image of the corpus is another one than before; begin anew");
  }

  @Test
  void anEmptyCorpusMakesAnEpochWithoutBundles() throws IOException {
    EpochDocument epoch = EpochBuilder.build(RandomCorpus.of(List.of()), OPTIONS);
    assertThat(EpochDocument.parse(epoch.toByteArray()).bundles()).isEmpty();
    assertThat(plan(epoch, images().getFirst()).shared()).isEmpty();
  }

  @Test
  void adoptionWeighsWhatIsPulledAgainAgainstWhatPullsSave() throws IOException {
    View view = images().get(1);
    Plan before =
        TestPlanners.allPrivate().plan(new PlanRequest(view, LayerCount.NO_CONTENTS, 100));
    Plan after = plan(epoch(), view);
    GroupKey lowest = GroupKey.of(view, after.shared().getFirst());
    Adoption adoption = Adoption.of(view, before, after, _ -> false, lowest::equals);
    // 1500 bytes of the base, 2000 of the interpreter, 900 of its own.
    assertThat(adoption).isEqualTo(new Adoption(4400, 1500, 1, 3));
    assertThat(adoption.gain(2, 10)).isEqualTo(10 * 1500 - 2 * 4400);
    assertThat(adoption.paysFrom(2)).hasValue(6);
    assertThat(adoption.paysFrom(0)).hasValue(0);
    Adoption back = Adoption.of(view, after, before, lowest::equals, _ -> false);
    assertThat(back.savedEachPull()).isEqualTo(-1500);
    assertThat(back.paysFrom(1)).isEmpty();
    assertThat(Adoption.of(view, after, after, lowest::equals, lowest::equals).pulledAgain())
        .isZero();
  }
}
