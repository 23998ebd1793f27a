package io.outcrop.refactor.plan.intrinsic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.outcrop.refactor.RandomLayers;
import io.outcrop.refactor.Seeds;
import io.outcrop.refactor.tar.RawTar;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class IntrinsicPlannerTest {

  private static final String INFO = "var/lib/dpkg/info/";

  /** Packages p0, p1, … with one file each, of so many bytes, and dpkg's files for them. */
  private static RawTar packages(RawTar tar, int from, int to, int bytes) {
    for (int i = from; i < to; i++) {
      tar.file("usr/bin/p" + i, Integer.toString(i % 10).repeat(bytes));
      tar.file(INFO + "p" + i + ".list", "/usr/bin/p" + i + "\n");
    }
    return tar;
  }

  private static RawTar status(RawTar tar, int packages) {
    StringBuilder status = new StringBuilder();
    IntStream.range(0, packages)
        .forEach(
            i -> status.append("Package: p%d\nVersion: 1\nArchitecture: all\n\n".formatted(i)));
    return tar.file("var/lib/dpkg/status", status.toString());
  }

  @Test
  void bigFilesAndDirectoriesThatNobodyInstalledAreLayers() throws IOException {
    PlannedImage image =
        PlannedImage.of(
            new RawTar()
                .file("opt/tool/bin/big", "b".repeat(8192))
                .file("opt/copy", "b".repeat(8192))
                .file("opt/tool/lib/deep/one", "1".repeat(3000))
                .file("opt/tool/lib/deep/two", "2".repeat(3000))
                .file("opt/tool/lib/three", "3".repeat(3000))
                .file("opt/tool/four", "4".repeat(3000))
                .file("srv/five", "5".repeat(2000))
                .file("six", "6".repeat(2000)));
    assertThat(image.group("file opt/copy")).containsExactly("opt/copy", "opt/tool/bin/big");
    assertThat(image.group("files in opt/tool/lib/deep"))
        .containsExactly("opt/tool/lib/deep/one", "opt/tool/lib/deep/two");
    assertThat(image.group("files in opt/tool"))
        .containsExactly("opt/tool/four", "opt/tool/lib/three");
    assertThat(image.group("private")).contains("opt", "srv/five", "six");
  }

  @Test
  void aDirectoryIsCutForEachSourceLayer() throws IOException {
    RawTar runtime = new RawTar().file("usr/local/lib/a", "a".repeat(5000));
    PlannedImage base = PlannedImage.of(runtime);
    PlannedImage derived =
        PlannedImage.of(
            runtime, new RawTar().file("usr/local/lib/a.cache", "generated".repeat(500)));
    assertThat(derived.names())
        .containsExactly("files in usr/local/lib", "files in usr/local/lib", "private");
    assertThat(derived.key("files in usr/local/lib")).isEqualTo(base.key("files in usr/local/lib"));
  }

  @Test
  void whatLayersAboveLeaveAloneIsSharedByImagesOfOneBase() throws IOException {
    RawTar base =
        status(packages(new RawTar(), 0, 3, 2000), 3)
            .file("var/cache/debconf/config.dat", "state".repeat(1000))
            .file("entrypoint", "left over".repeat(500));
    PlannedImage one =
        PlannedImage.of(base, status(packages(new RawTar(), 3, 4, 9000), 4).file("etc/x", "x"));
    PlannedImage other =
        PlannedImage.of(base, status(packages(new RawTar(), 3, 5, 9000), 5).file("etc/y", "y"));
    List<String> shared =
        List.of(
            "small packages of layer 1", "other files of layer 1", "unchanged state of layer 1");
    assertThat(one.names()).containsSubsequence(shared).contains("dpkg p3 1 all");
    shared.forEach(name -> assertThat(other.key(name)).as(name).isEqualTo(one.key(name)));
    assertThat(other.key("dpkg p3 1 all")).isEqualTo(one.key("dpkg p3 1 all"));
  }

  @Test
  void packagesMakeTheSameLayerHoweverTheImageWasLayered() throws IOException {
    PlannedImage one = PlannedImage.of(status(packages(new RawTar(), 0, 4, 5000), 4));
    PlannedImage split =
        PlannedImage.of(
            packages(new RawTar().file("usr/bin/p1", "older"), 2, 4, 5000),
            status(packages(new RawTar(), 0, 2, 5000), 4));
    for (int i = 0; i < 4; i++) {
      String name = "dpkg p" + i + " 1 all";
      assertThat(split.key(name)).as(name).isEqualTo(one.key(name));
    }
  }

  @Test
  void namesOfOneFileStayTogetherWithThePackageThatHasTheSmallestOfThem() throws IOException {
    PlannedImage image =
        PlannedImage.of(
            status(packages(new RawTar(), 0, 2, 5000), 2)
                .hardLink("usr/bin/a-link", "usr/bin/p1")
                .hardLink("usr/bin/z", "usr/bin/p1")
                .hardLink("usr/bin/q", "usr/bin/p0")
                .file(INFO + "p1.list", "/usr/bin/p1\n")
                .file(INFO + "p0.list", "/usr/bin/p0\n/usr/bin/z\n")
                .file("etc/state", "s".repeat(5000))
                .hardLink("usr/bin/state", "etc/state"));
    // p1 and z are claimed by two packages; of a-link nobody knows.
    assertThat(image.group("dpkg p1 1 all"))
        .containsExactly("usr/bin/a-link", "usr/bin/p1", "usr/bin/z");
    assertThat(image.group("dpkg p0 1 all")).containsExactly("usr/bin/p0", "usr/bin/q");
    assertThat(image.group("unchanged state of layer 1")).contains("etc/state", "usr/bin/state");
  }

  @Test
  void tooManyLayersArePutTogetherFromTheTop() throws IOException {
    RawTar base = status(packages(new RawTar(), 0, 10, 5000), 30);
    RawTar upper = packages(new RawTar(), 10, 20, 5000);
    RawTar top = packages(packages(new RawTar(), 20, 25, 5000), 25, 30, 30_000);
    PlannedImage free = PlannedImage.of(base, upper, top);
    assertThat(free.names()).hasSize(31);
    assertThat(free.plan().annotations()).isEmpty();

    PlannedImage tight = PlannedImage.of(PlannedImage.SMALL, 28, base, upper, top);
    assertThat(tight.names()).hasSize(27).contains("merged packages of layer 3", "dpkg p29 1 all");
    assertThat(tight.group("merged packages of layer 3")).hasSize(5);
    assertThat(tight.plan().annotations())
        .containsEntry(IntrinsicPlanner.THRESHOLD_ANNOTATION, "3:8192");

    PlannedImage tighter = PlannedImage.of(PlannedImage.SMALL, 15, base, upper, top);
    assertThat(tighter.names()).hasSize(13).contains("dpkg p0 1 all", "dpkg p9 1 all");
    assertThat(tighter.plan().annotations())
        .containsEntry(IntrinsicPlanner.THRESHOLD_ANNOTATION, "3:whole,2:8192");
    assertThat(tighter.key("dpkg p3 1 all")).isEqualTo(free.key("dpkg p3 1 all"));

    assertThat(PlannedImage.of(PlannedImage.SMALL, 4, base, upper, top).names())
        .containsExactly(
            "merged packages of layer 1",
            "merged packages of layer 2",
            "merged packages of layer 3",
            "private");
    assertThat(PlannedImage.of(PlannedImage.SMALL, 2, base, upper, top).names())
        .containsExactly("merged packages of layer 1", "private");
    assertThat(PlannedImage.of(PlannedImage.SMALL, 1, base, upper, top).names())
        .containsExactly("private");
  }

  @Test
  void smallPackagesAreSpreadOverBundlesWhereThereAreEnoughOfThem() throws IOException {
    RawTar layer = status(packages(new RawTar(), 0, 40, 3000), 40);
    PlannedImage image = PlannedImage.of(new IntrinsicOptions(4096, 8192, 8), 100, layer);
    List<String> bundles =
        image.names().stream().filter(name -> name.startsWith("small packages")).toList();
    assertThat(bundles).hasSize(8);
    assertThat(image.groupOf("usr/bin/p7"))
        .isEqualTo(
            "small packages of layer 1"
                + ((Fnv1a.hash("p7") & 7) == 0 ? "" : ", part " + ((Fnv1a.hash("p7") & 7) + 1)));
    // The test vectors of the hash's authors.
    assertThat(Fnv1a.hash("")).isEqualTo(0x811c9dc5);
    assertThat(Fnv1a.hash("foobar")).isEqualTo(0xbf9cf968);
    PlannedImage tight = PlannedImage.of(new IntrinsicOptions(4096, 8192, 8), 5, layer);
    assertThat(tight.names())
        .contains("small packages of layer 1")
        .noneMatch(name -> name.contains("part"));
  }

  @Test
  void randomImagesArePlannedAsTheContractSaysAndTheSameEachTime() throws IOException {
    IntrinsicOptions tiny = new IntrinsicOptions(4096, 4096, 2);
    int planned = 0;
    for (int round = 0; round < 150; round++) {
      RawTar[] layers = new RandomLayers(Seeds.random(round)).stack().toArray(RawTar[]::new);
      for (int maxLayers : new int[] {1, 3, 100}) {
        try {
          PlannedImage first = PlannedImage.of(tiny, maxLayers, layers);
          PlannedImage second = PlannedImage.of(tiny, maxLayers, layers);
          assertThat(second.groups()).as(Seeds.describe(round)).isEqualTo(first.groups());
          planned++;
        } catch (io.outcrop.refactor.model.RefusedException e) {
          // Not an image that is refactored, whatever the planner.
          continue;
        }
      }
    }
    assertThat(planned).as(Seeds.describe(0)).isGreaterThan(30);
  }

  @Test
  void thePolicyNamesAllOptions() {
    assertThat(new IntrinsicPlanner(IntrinsicOptions.DEFAULT).policy())
        .isEqualTo("intrinsic-1;threshold=1048576;bigFile=4194304;bins=1");
    assertThat(new IntrinsicPlanner(IntrinsicOptions.FINE_BUNDLES).policy()).endsWith(";bins=8");
  }

  @Test
  void optionsOutOfRangeAreRefusedInOneLine() {
    assertThatThrownBy(() -> new IntrinsicOptions(0, 8192, 1))
        .hasMessage("threshold: 0 (expected: 4096..1099511627776)");
    assertThatThrownBy(() -> new IntrinsicOptions(4096, -1, 1))
        .hasMessage("bigFile: -1 (expected: 4096..1099511627776)");
    assertThatThrownBy(() -> new IntrinsicOptions(4096, 8192, 65))
        .hasMessage("bins: 65 (expected: 1..64)");
    assertThatThrownBy(() -> new IntrinsicOptions(4096, 8192, 3))
        .hasMessage("bins: 3 (expected: a power of two)");
  }
}
