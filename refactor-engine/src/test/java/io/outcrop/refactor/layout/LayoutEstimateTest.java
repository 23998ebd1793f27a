package io.outcrop.refactor.layout;

import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.refactor.EngineOptions;
import io.outcrop.refactor.RefactorEngine;
import io.outcrop.refactor.RefactorProgress;
import io.outcrop.refactor.TestImage;
import io.outcrop.refactor.TestPlanners;
import io.outcrop.refactor.compress.Packing;
import io.outcrop.refactor.model.Cancellation;
import io.outcrop.refactor.model.Limits;
import io.outcrop.refactor.model.Reason;
import io.outcrop.refactor.report.Estimate;
import io.outcrop.refactor.report.ImageStrata;
import io.outcrop.refactor.report.Totals;
import io.outcrop.refactor.tar.RawTar;
import io.outcrop.storage.layout.OciLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LayoutEstimateTest {

  private static final LayoutRules RULES = new LayoutRules(TestPlanners.byTop(), Packing.GZIP, 100);

  @TempDir private Path directory;
  private TestLayout layout;

  @BeforeEach
  void make() throws IOException {
    layout = new TestLayout(directory.resolve("layout"));
  }

  private LayoutEstimate estimate(LayoutRules rules, String... names) throws IOException {
    try (OciLayout opened = OciLayout.open(layout.folder)) {
      LayoutKnowledge knowledge = LayoutKnowledge.of(layout.folder);
      LayoutEstimate estimate =
          new LayoutEstimate(
              opened,
              new RefactorEngine(new EngineOptions(Limits.DEFAULT, 2, directory, 1), knowledge),
              knowledge,
              rules);
      for (String name : names) {
        estimate.add(layout.named(name), Cancellation.untilCancelled(), RefactorProgress.NONE);
      }
      return estimate;
    }
  }

  private void refactor(String... names) throws IOException {
    try (LayoutWorkspace workspace = LayoutWorkspace.open(layout.folder)) {
      LayoutRefactoring refactoring =
          new LayoutRefactoring(
              workspace.layout(),
              new RefactorEngine(
                  new EngineOptions(Limits.DEFAULT, 2, workspace.temporary(), 1 << 30),
                  workspace.state()),
              RULES);
      for (String name : names) {
        refactoring.refactor(
            layout.named(name), Cancellation.untilCancelled(), RefactorProgress.NONE);
      }
    }
  }

  /** An image of words, which compress somewhat, in three directories. */
  private TestImage words(long seed, long base) {
    return new TestImage(layout.contents)
        .layers(
            new RawTar()
                .directory("usr")
                .file("usr/base", text(base, 300_000))
                .directory("lib")
                .file("lib/base", text(base + 1, 200_000)),
            new RawTar().directory("opt").file("opt/app", text(seed, 150_000)));
  }

  private static String text(long seed, int length) {
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder();
    while (text.length() < length) {
      text.append(Integer.toString(random.nextInt(5000), 36)).append(' ');
    }
    return text.substring(0, length);
  }

  @Test
  void writesNothing() throws Exception {
    layout.add("app", layout.image("x"));
    Map<String, String> before = layout.allFiles();
    estimate(RULES, "app");
    assertThat(layout.allFiles()).isEqualTo(before);
    refactor("app");
    before = layout.allFiles();
    estimate(new LayoutRules(TestPlanners.allPrivate(), Packing.ZSTD, 9), "app");
    assertThat(layout.allFiles()).isEqualTo(before);
  }

  @Test
  void comesNearWhatIsBuilt() throws Exception {
    layout.add("one", words(1, 10));
    layout.add("two", words(2, 10));
    Estimate estimate = estimate(RULES, "one", "two").estimate();
    Totals before = estimate.totalsBefore();
    Totals expected = estimate.totalsAfter();
    assertThat(before.images()).isEqualTo(2);
    // The lower layer is one in both.
    assertThat(before.layers()).isEqualTo(4);
    refactor("one", "two");
    Totals actual = estimate(RULES, "one", "two").estimate().totalsAfter();
    assertThat(actual.layers()).isEqualTo(expected.layers()).isEqualTo(8);
    assertThat(actual.mostLayers()).isEqualTo(4);
    assertThat((double) expected.stored() / actual.stored()).isBetween(0.95, 1.05);
    assertThat((double) expected.stack() / actual.stack()).isBetween(0.95, 1.05);
  }

  @Test
  void knowsWhatWasBuiltToTheByte() throws Exception {
    layout.add("one", words(1, 10));
    refactor("one");
    Estimate estimate = estimate(RULES, "one").estimate();
    try (OciLayout opened = OciLayout.open(layout.folder)) {
      assertThat(estimate.after().getFirst().strata())
          .usingElementComparatorIgnoringFields("title")
          .isEqualTo(LayoutStrata.of(opened, layout.named("one-refactored")).getFirst().strata());
    }
    assertThat(estimate.pulledAgain()).as("nodes have what is served").isZero();
  }

  @Test
  void nodesThatHaveTheOriginalsPullAllNewLayersOnce() throws Exception {
    layout.add("one", words(1, 10));
    layout.add("two", words(2, 10));
    Estimate estimate = estimate(RULES, "one", "two").estimate();
    assertThat(estimate.pulledAgain()).isEqualTo(estimate.totalsAfter().stored());
  }

  @Test
  void whatWouldBeLeftStaysAsItIs() throws Exception {
    layout.add("app", layout.image("x"));
    layout.add("windows", layout.image("x").system("windows"));
    LayoutEstimate estimate = estimate(RULES, "app", "windows");
    assertThat(estimate.left()).containsOnlyKeys("windows");
    assertThat(estimate.left().get("windows").reason()).isEqualTo(Reason.OPERATING_SYSTEM);
    assertThat(estimate.estimate().after())
        .extracting(ImageStrata::image)
        .containsExactly("app", "windows");
    assertThat(estimate.estimate().after().getLast())
        .isEqualTo(estimate.estimate().before().getLast());
  }
}
