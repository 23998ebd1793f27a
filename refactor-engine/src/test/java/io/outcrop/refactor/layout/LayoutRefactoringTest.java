package io.outcrop.refactor.layout;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.oci.Manifest;
import io.outcrop.oci.ManifestParser;
import io.outcrop.oci.MediaType;
import io.outcrop.refactor.Annotations;
import io.outcrop.refactor.EngineOptions;
import io.outcrop.refactor.Outcome;
import io.outcrop.refactor.RefactorEngine;
import io.outcrop.refactor.RefactorProgress;
import io.outcrop.refactor.TestImage;
import io.outcrop.refactor.TestPlanners;
import io.outcrop.refactor.compress.Packing;
import io.outcrop.refactor.layout.LayoutOutcome.Left;
import io.outcrop.refactor.layout.LayoutOutcome.Part;
import io.outcrop.refactor.layout.LayoutOutcome.Refactored;
import io.outcrop.refactor.layout.LayoutOutcome.Standing;
import io.outcrop.refactor.model.Cancellation;
import io.outcrop.refactor.model.CancelledException;
import io.outcrop.refactor.model.Limits;
import io.outcrop.refactor.model.Reason;
import io.outcrop.refactor.scan.ScanProgress;
import io.outcrop.refactor.tar.RawTar;
import io.outcrop.storage.layout.LayoutException;
import io.outcrop.storage.layout.LayoutIndex;
import io.outcrop.storage.layout.OciLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(120)
final class LayoutRefactoringTest {

  private static final LayoutRules RULES = new LayoutRules(TestPlanners.byTop(), Packing.GZIP, 100);

  @TempDir private Path directory;
  private TestLayout layout;

  @BeforeEach
  void make() throws IOException {
    layout = new TestLayout(directory.resolve("layout"));
  }

  private LayoutOutcome refactor(String name, LayoutRules rules) throws IOException {
    return refactor(name, rules, Cancellation.untilCancelled(), RefactorProgress.NONE);
  }

  private LayoutOutcome refactor(
      String name, LayoutRules rules, Cancellation cancellation, RefactorProgress progress)
      throws IOException {
    try (LayoutWorkspace workspace = LayoutWorkspace.open(layout.folder)) {
      return new LayoutRefactoring(
              workspace.layout(),
              new RefactorEngine(
                  new EngineOptions(Limits.DEFAULT, 2, workspace.temporary(), 1 << 30),
                  workspace.state()),
              rules)
          .refactor(layout.named(name), cancellation, progress);
    }
  }

  private Refactored refactored(String name) throws IOException {
    LayoutOutcome outcome = refactor(name, RULES);
    assertThat(outcome).isInstanceOf(Refactored.class);
    return (Refactored) outcome;
  }

  private Reason left(String name) throws IOException {
    LayoutOutcome outcome = refactor(name, RULES);
    assertThat(outcome).isInstanceOf(Left.class);
    Part part = ((Left) outcome).parts().getFirst();
    assertThat(part.outcome()).isInstanceOf(Outcome.PassThrough.class);
    assertThat(((Outcome.PassThrough) part.outcome()).detail()).isNotBlank();
    assertThat(layout.images().originals()).hasSameSizeAs(layout.images().all());
    return ((Outcome.PassThrough) part.outcome()).reason();
  }

  /** Checks an image and what was made of it to the last byte. */
  private List<Verification> verify(String name) throws IOException {
    try (OciLayout opened = OciLayout.open(layout.folder)) {
      LayoutVerifier verifier = new LayoutVerifier(opened, Cancellation.untilCancelled());
      List<Verification> original = verifier.verify(layout.named(name), ScanProgress.NONE);
      List<Verification> compared =
          LayoutVerifier.compare(
              original, verifier.verify(layout.named(name + "-refactored"), ScanProgress.NONE));
      List<Verification> both = new ArrayList<>(original);
      both.addAll(compared);
      return both;
    }
  }

  private JsonNode document(Descriptor descriptor) throws IOException {
    return JsonMapper.shared().readTree(Files.readAllBytes(layout.blob(descriptor.digest())));
  }

  @ParameterizedTest
  @ValueSource(strings = {"GZIP", "ZSTD", "NONE", "docker"})
  void anImageGetsANeighbourWithTheSameRootFileSystem(String kind) throws Exception {
    TestImage image = layout.image("x");
    image =
        switch (kind) {
          case "ZSTD" -> image.packing(Packing.ZSTD);
          case "NONE" -> image.packing(Packing.NONE);
          case "docker" -> image.docker();
          default -> image;
        };
    Descriptor source = layout.add("app", image);
    Map<String, String> before = layout.files();

    Refactored outcome = refactored("app");

    assertThat(verify("app")).hasSize(2).allMatch(Verification::isSound);
    assertThat(layout.named("app").entry()).isEqualTo(source);
    assertThat(layout.named("app-refactored").entry()).isEqualTo(outcome.entry());
    assertThat(outcome.entry().mediaType()).isEqualTo(source.mediaType());
    assertThat(layout.annotations("app-refactored"))
        .containsEntry(Annotations.SOURCE, source.digest().toString())
        .containsEntry(Annotations.POLICY, RULES.policy());
    before.remove("index.json");
    assertThat(layout.files()).as("originals untouched").containsAllEntriesOf(before);
    JsonNode manifest = document(outcome.entry());
    assertThat(manifest.path("layers")).hasSizeGreaterThan(2);
    if (!kind.equals("docker")) {
      assertThat(manifest.path("subject").path("digest").asString())
          .isEqualTo(source.digest().toString());
      assertThat(manifest.path("annotations").path(Annotations.SOURCE).asString())
          .isEqualTo(source.digest().toString());
    }
  }

  @Test
  void aNameOfContainerdGetsTheSuffixTooUnlessItHasADigest() throws Exception {
    Descriptor plain = layout.document(layout.image("x").write(), MediaType.OCI_MANIFEST);
    for (String full : List.of("docker.io/library/app:1", "docker.io/library/app@sha256:0")) {
      Descriptor entry =
          new Descriptor(
              plain.mediaType(),
              plain.digest(),
              plain.size(),
              java.util.Optional.empty(),
              java.util.Optional.empty(),
              Map.of(LayoutIndex.REFERENCE_NAME, "1", LayoutIndex.IMAGE_NAME, full),
              List.of());
      try (OciLayout opened = OciLayout.open(layout.folder)) {
        opened.update(index -> index.with(entry));
      }
      refactor("1", RULES);
      if (full.contains("@")) {
        assertThat(layout.annotations("1-refactored"))
            .containsEntry(LayoutIndex.REFERENCE_NAME, "1-refactored");
      } else {
        assertThat(layout.annotations("1-refactored"))
            .containsEntry(LayoutIndex.IMAGE_NAME, full + "-refactored");
      }
    }
  }

  @Test
  void layersInCommonAreWrittenOnce() throws Exception {
    layout.add("one", layout.image("x"));
    layout.add("two", layout.image("y"));
    Refactored first = refactored("one");
    Refactored second = refactored("two");
    Outcome.Refactored made = (Outcome.Refactored) second.parts().getFirst().outcome();
    assertThat(made.layers().stream().filter(Outcome.Layer::reused)).hasSize(2);
    assertThat(((Outcome.Refactored) first.parts().getFirst().outcome()).layers())
        .noneMatch(Outcome.Layer::reused);
  }

  @Test
  void whatWasRefactoredByTheSameRulesStands() throws Exception {
    layout.add("app", layout.image("x"));
    Descriptor made = refactored("app").entry();
    Map<String, String> before = layout.allFiles();
    assertThat(refactor("app", RULES)).isEqualTo(new Standing(made));
    assertThat(layout.allFiles()).isEqualTo(before);
  }

  @Test
  void otherRulesReplaceWhatWasMade() throws Exception {
    layout.add("app", layout.image("x"));
    Descriptor made = refactored("app").entry();
    LayoutOutcome again =
        refactor("app", new LayoutRules(TestPlanners.allPrivate(), Packing.ZSTD, 100));
    assertThat(again).isInstanceOf(Refactored.class);
    Descriptor entry = layout.named("app-refactored").entry();
    assertThat(entry.digest()).isNotEqualTo(made.digest());
    assertThat(layout.images().all()).hasSize(2);
    assertThat(document(entry).path("layers").get(0).path("mediaType").asString())
        .endsWith("+zstd");
    assertThat(verify("app")).allMatch(Verification::isSound);
  }

  @Test
  void anotherImageUnderTheNameIsRefactoredAnew() throws Exception {
    layout.add("app", layout.image("x"));
    Descriptor made = refactored("app").entry();
    layout.add("app", layout.image("y"));
    assertThat(refactored("app").entry().digest()).isNotEqualTo(made.digest());
    assertThat(verify("app")).allMatch(Verification::isSound);
  }

  @Test
  void aLayerThatWasLostIsMadeAgainToTheSameDigest() throws Exception {
    layout.add("app", layout.image("x"));
    Refactored made = refactored("app");
    Digest lost =
        ((Outcome.Refactored) made.parts().getFirst().outcome()).layers().getFirst().built().blob();
    Files.delete(layout.blob(lost));
    assertThat(refactored("app").entry()).isEqualTo(made.entry());
    assertThat(layout.blob(lost)).exists();
    assertThat(verify("app")).allMatch(Verification::isSound);
  }

  @Test
  void theSameImageInAnotherLayoutMakesTheSameManifest() throws Exception {
    layout.add("app", layout.image("x"));
    layout.add("before", layout.image("z"));
    refactored("before");
    Descriptor made = refactored("app").entry();
    layout = new TestLayout(directory.resolve("other"));
    layout.add("app", layout.image("x"));
    assertThat(refactored("app").entry()).isEqualTo(made);
  }

  @Test
  void anIndexKeepsAllButWhatWasRefactored() throws Exception {
    Descriptor amd = layout.document(layout.image("a").write(), MediaType.OCI_MANIFEST);
    Descriptor arm = layout.document(layout.image("b").write(), MediaType.OCI_MANIFEST);
    Descriptor windows =
        layout.document(layout.image("c").system("windows").write(), MediaType.OCI_MANIFEST);
    Descriptor attestation = layout.document(layout.image("d").write(), MediaType.OCI_MANIFEST);
    Descriptor absent =
        Descriptor.of(MediaType.OCI_MANIFEST, Digest.sha256("absent".getBytes(UTF_8)), 6);
    String platform = ",\"platform\":{\"os\":\"linux\",\"architecture\":\"%s\"},\"x\":[1.50]";
    String[] children = {
      TestLayout.child(amd, platform.formatted("amd64")),
      TestLayout.child(windows, ",\"platform\":{\"os\":\"windows\",\"architecture\":\"amd64\"}"),
      TestLayout.child(
          attestation, ",\"annotations\":{\"vnd.docker.reference.type\":\"attestation-manifest\"}"),
      TestLayout.child(absent, platform.formatted("riscv64")),
      TestLayout.child(arm, platform.formatted("arm64")),
    };
    Descriptor source = layout.addIndex("multi", MediaType.OCI_INDEX, children);

    Refactored outcome = refactored("multi");

    assertThat(outcome.parts()).hasSize(3);
    JsonNode index = document(outcome.entry());
    JsonNode original = document(source);
    assertThat(index.path("manifests")).hasSize(children.length);
    for (int verbatim : new int[] {1, 2, 3}) {
      assertThat(index.path("manifests").get(verbatim))
          .isEqualTo(original.path("manifests").get(verbatim));
    }
    for (int replaced : new int[] {0, 4}) {
      JsonNode was = original.path("manifests").get(replaced);
      JsonNode is = index.path("manifests").get(replaced);
      assertThat(is.path("digest")).isNotEqualTo(was.path("digest"));
      assertThat(is.path("platform")).isEqualTo(was.path("platform"));
      assertThat(is.path("x")).isEqualTo(was.path("x"));
    }
    assertThat(index.path("subject").path("digest").asString())
        .isEqualTo(source.digest().toString());
    assertThat(index.path("annotations").path("kept").asString()).isEqualTo("yes");
    assertThat(verify("multi")).hasSize(6).allMatch(Verification::isSound);
  }

  @Test
  void aDockerListStaysOne() throws Exception {
    TestImage image = layout.image("a").docker();
    Descriptor amd = layout.document(image.write(), image.mediaType());
    layout.addIndex("multi", MediaType.DOCKER_MANIFEST_LIST, TestLayout.child(amd, ""));
    Refactored outcome = refactored("multi");
    assertThat(outcome.entry().mediaType()).isEqualTo(MediaType.DOCKER_MANIFEST_LIST);
    JsonNode list = document(outcome.entry());
    assertThat(list.has("subject")).isFalse();
    assertThat(list.path("manifests").get(0).path("mediaType").asString())
        .isEqualTo(MediaType.DOCKER_MANIFEST.value());
    assertThat(verify("multi")).allMatch(Verification::isSound);
  }

  @Test
  void anIndexInAnIndexIsRewrittenToo() throws Exception {
    Descriptor amd = layout.document(layout.image("a").write(), MediaType.OCI_MANIFEST);
    Descriptor inner = layout.addIndex("inner", MediaType.OCI_INDEX, TestLayout.child(amd, ""));
    layout.addIndex("outer", MediaType.OCI_INDEX, TestLayout.child(inner, ""));
    Refactored outcome = refactored("outer");
    Digest rewritten =
        Digest.parse(document(outcome.entry()).path("manifests").get(0).path("digest").asString());
    Manifest manifest =
        ManifestParser.parse(Files.readAllBytes(layout.blob(rewritten)), MediaType.OCI_INDEX);
    assertThat(manifest.subject().orElseThrow().digest()).isEqualTo(inner.digest());
    assertThat(verify("outer")).allMatch(Verification::isSound);
  }

  @Test
  void anIndexOfWhichAPlatformComesLaterIsRefactoredAgain() throws Exception {
    Descriptor amd = layout.document(layout.image("a").write(), MediaType.OCI_MANIFEST);
    Descriptor arm = layout.document(layout.image("b").write(), MediaType.OCI_MANIFEST);
    Path aside = directory.resolve("aside");
    Files.move(layout.blob(arm.digest()), aside);
    layout.addIndex(
        "multi", MediaType.OCI_INDEX, TestLayout.child(amd, ""), TestLayout.child(arm, ""));
    assertThat(refactored("multi").parts()).hasSize(1);
    assertThat(refactor("multi", RULES)).isInstanceOf(Standing.class);
    Files.move(aside, layout.blob(arm.digest()));
    assertThat(refactored("multi").parts()).hasSize(2);
    assertThat(refactor("multi", RULES)).isInstanceOf(Standing.class);
  }

  @Test
  void anEntryWithoutANameGetsANeighbourWithoutOne() throws Exception {
    Descriptor source = layout.add("", layout.image("x"));
    LayoutOutcome outcome = refactor(source.digest().toString(), RULES);
    assertThat(outcome).isInstanceOf(Refactored.class);
    assertThat(layout.images().all()).hasSize(2);
    assertThat(layout.images().all().getLast().isRefactored()).isTrue();
    assertThat(layout.images().all().getLast().name()).isEmpty();
    assertThat(refactor(source.digest().toString(), RULES)).isInstanceOf(Standing.class);
  }

  @Test
  void whatIsAlreadyRefactoredIsLeft() throws Exception {
    layout.add("app", layout.image("x"));
    Descriptor made = refactored("app").entry();
    // As another program copies it: the name and the digest, and nothing else.
    layout = new TestLayout(layout.folder);
    layout.list("copy", Descriptor.of(made.mediaType(), made.digest(), made.size()));
    LayoutOutcome outcome = refactor("copy", RULES);
    assertThat(outcome).isInstanceOf(Left.class);
    assertThat(((Outcome.PassThrough) ((Left) outcome).parts().getFirst().outcome()).reason())
        .isEqualTo(Reason.ALREADY_REFACTORED);
  }

  @Test
  void refusedImagesAreLeftWithTheReason() throws Exception {
    layout.add("windows", layout.image("x").system("windows"));
    assertThat(left("windows")).isEqualTo(Reason.OPERATING_SYSTEM);
    layout.add(
        "foreign",
        layout
            .image("x")
            .layerType("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"));
    assertThat(left("foreign")).isEqualTo(Reason.FOREIGN_LAYER);
    layout.add("chart", layout.image("x").configurationType("application/vnd.cncf.helm.config"));
    assertThat(left("chart")).isEqualTo(Reason.ARTIFACT);
    layout.add(
        "overlay",
        new TestImage(layout.contents)
            .layers(new RawTar().add("gone", '3', "", h -> h.device(0, 0))));
    assertThat(left("overlay")).isEqualTo(Reason.OVERLAY_MARKER);
    layout.add(
        "lying",
        layout
            .image("x")
            .diffIds("\"sha256:" + "0".repeat(64) + "\"," + "\"sha256:" + "1".repeat(64) + "\""));
    assertThat(left("lying")).isEqualTo(Reason.DIFF_ID_MISMATCH);
  }

  @Test
  void missingAndDamagedContentIsToldOf() throws Exception {
    Descriptor source = layout.add("app", layout.image("x"));
    Digest layer =
        ((Manifest.Image)
                ManifestParser.parse(
                    Files.readAllBytes(layout.blob(source.digest())), MediaType.OCI_MANIFEST))
            .layers()
            .getFirst()
            .digest();
    byte[] bytes = Files.readAllBytes(layout.blob(layer));
    Files.delete(layout.blob(layer));
    assertThat(left("app")).isEqualTo(Reason.CONTENT_MISSING);
    bytes[bytes.length / 2] ^= 1;
    Files.write(layout.blob(layer), bytes);
    assertThat(left("app").kind()).isEqualTo(Reason.Kind.DAMAGED);
    Files.write(layout.blob(source.digest()), "{}".getBytes(UTF_8));
    assertThat(left("app")).isEqualTo(Reason.CONTENT_MISSING);
    Files.delete(layout.blob(source.digest()));
    assertThat(left("app")).isEqualTo(Reason.CONTENT_MISSING);
  }

  @Test
  void goesOnWhereItWasCutAtAnyStep() throws Exception {
    layout.add("app", layout.image("x"));
    Map<String, String> before = layout.files();
    TestLayout uncut = new TestLayout(directory.resolve("uncut"));
    uncut.add("app", uncut.image("x"));
    TestLayout cut = layout;
    layout = uncut;
    Descriptor expected = refactored("app").entry();
    layout = cut;

    int cuts = 0;
    for (int step = 1; ; step++) {
      Cancellation cancellation = Cancellation.untilCancelled();
      Countdown countdown = new Countdown(step, cancellation);
      try {
        LayoutOutcome outcome = refactor("app", RULES, cancellation, countdown);
        assertThat(outcome).isInstanceOf(Refactored.class);
        break;
      } catch (CancelledException _) {
        cuts++;
        Map<String, String> now = layout.files();
        assertThat(now).as("valid and untouched").containsAllEntriesOf(before);
        assertThat(layout.images().all()).hasSize(1);
      }
    }
    assertThat(cuts).isGreaterThan(3);
    assertThat(layout.named("app-refactored").entry()).isEqualTo(expected);
    assertThat(verify("app")).allMatch(Verification::isSound);
  }

  /** Cancels at a certain report of progress. */
  private static final class Countdown implements RefactorProgress {
    private final Cancellation cancellation;
    private int left;

    Countdown(int steps, Cancellation cancellation) {
      this.left = steps;
      this.cancellation = cancellation;
    }

    @Override
    public synchronized void advanced(Phase phase, long done, long total) {
      if (--left == 0) {
        cancellation.cancel();
      }
    }
  }

  @Test
  void whatAKilledProcessLeftIsNoHindrance() throws Exception {
    layout.add("app", layout.image("x"));
    Path work = Files.createDirectories(layout.folder.resolve(".refactor"));
    Files.writeString(Files.createDirectories(work.resolve("tmp")).resolve("spool1"), "half");
    Files.writeString(Files.createDirectories(work.resolve("indexes")).resolve("x.tmp"), "half");
    Files.writeString(work.resolve("lock"), "");
    Files.writeString(
        Files.createDirectories(layout.folder.resolve(".incoming")).resolve("aside-1"), "half");
    refactored("app");
    assertThat(work.resolve("tmp")).isEmptyDirectory();
    assertThat(verify("app")).allMatch(Verification::isSound);
  }

  @Test
  void oneAtATimeRefactorsALayout() throws Exception {
    layout.add("app", layout.image("x"));
    try (LayoutWorkspace _ = LayoutWorkspace.open(layout.folder)) {
      assertThatThrownBy(() -> LayoutWorkspace.open(layout.folder))
          .isInstanceOf(LayoutException.class)
          .hasMessage(
              layout.folder
                  + ": is being refactored by another process; run this again when it has ended");
    }
    LayoutWorkspace.open(layout.folder).close();
  }

  @Test
  void aFolderThatIsNoLayoutGetsNothingPutInto() {
    assertThatThrownBy(() -> LayoutWorkspace.open(directory))
        .isInstanceOf(LayoutException.class)
        .hasMessageContaining("no OCI image layout");
    assertThat(directory.resolve(".refactor")).doesNotExist();
  }
}
