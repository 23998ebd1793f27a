package io.outcrop.refactor;

import static io.outcrop.refactor.TestPlanners.allPrivate;
import static io.outcrop.refactor.TestPlanners.byTop;
import static io.outcrop.refactor.TestPlanners.scattered;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.oci.Manifest;
import io.outcrop.oci.ManifestParser;
import io.outcrop.oci.MediaType;
import io.outcrop.refactor.build.MemoryRefactorState;
import io.outcrop.refactor.build.RefactorState;
import io.outcrop.refactor.compress.Packing;
import io.outcrop.refactor.model.Cancellation;
import io.outcrop.refactor.model.CancelledException;
import io.outcrop.refactor.model.EntryType;
import io.outcrop.refactor.model.Limits;
import io.outcrop.refactor.model.Reason;
import io.outcrop.refactor.plan.Group;
import io.outcrop.refactor.plan.Plan;
import io.outcrop.refactor.plan.Planner;
import io.outcrop.refactor.scan.LayerIndex;
import io.outcrop.refactor.tar.RawTar;
import io.outcrop.refactor.view.Fold;
import io.outcrop.refactor.view.ReverseFold;
import io.outcrop.refactor.view.View;
import io.outcrop.refactor.view.ViewListing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(300)
final class RefactorEngineTest {

  private static final JsonMapper JSON = JsonMapper.shared();

  @TempDir private Path directory;
  private final MemoryContents contents = new MemoryContents();

  private RefactorEngine engine(RefactorState state, long temporaryBytes) {
    return new RefactorEngine(
        new EngineOptions(Limits.DEFAULT, 2, directory, temporaryBytes), state);
  }

  private RefactorEngine engine() {
    return engine(new MemoryRefactorState(1_000_000), 1 << 30);
  }

  private RefactorRequest request(TestImage image, Planner planner) throws IOException {
    return new RefactorRequest(
        image.write(), image.mediaType(), contents, contents, planner, Packing.GZIP, 100);
  }

  private Outcome run(RefactorEngine engine, RefactorRequest request) throws IOException {
    return engine.refactor(request, Cancellation.untilCancelled(), RefactorProgress.NONE);
  }

  private Outcome.Refactored refactor(TestImage image, Planner planner) throws IOException {
    return refactored(run(engine(), request(image, planner)));
  }

  private static Outcome.Refactored refactored(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Refactored.class);
    return (Outcome.Refactored) outcome;
  }

  private Reason reason(TestImage image) throws IOException {
    Outcome outcome = run(engine(), request(image, allPrivate()));
    assertThat(outcome).isInstanceOf(Outcome.PassThrough.class);
    assertThat(((Outcome.PassThrough) outcome).detail()).isNotBlank();
    return ((Outcome.PassThrough) outcome).reason();
  }

  private List<LayerIndex> scan(byte[] manifest, MediaType type) throws Exception {
    List<LayerIndex> layers = new ArrayList<>();
    for (Descriptor layer : ((Manifest.Image) ManifestParser.parse(manifest, type)).layers()) {
      byte[] blob = contents.blobs.get(layer.digest());
      assertThat(blob).as("blob of " + layer).hasSize((int) layer.size());
      layers.add(LayerFixture.scan(blob));
    }
    return layers;
  }

  private static RawTar lower() {
    return new RawTar()
        .directory("bin")
        .add("bin/sh", '0', "shell", h -> h.mode(04755).seconds(1_600_000_000))
        .directory("etc")
        .file("etc/passwd", "root")
        .file("etc/old", "gone")
        .directory("usr")
        .directory("usr/lib")
        .file("usr/lib/a", "library")
        .hardLink("usr/lib/b", "usr/lib/a")
        .symlink("lib", "usr/lib")
        .file("usr/empty", "");
  }

  private static RawTar upper() {
    return new RawTar()
        .add("etc", '5', "", h -> h.mode(0750).owner(3_000, 7))
        .file("etc/.wh.old", "")
        .pax(Map.of("SCHILY.xattr.user.k", "\0\u00ff", "mtime", "-3.25"))
        .file("etc/new", "n".repeat(70_000))
        .add("usr/null", '3', "", h -> h.device(1, 3))
        .add("usr/pipe", '6', "");
  }

  private TestImage image() {
    return new TestImage(contents).layers(lower(), upper());
  }

  @ParameterizedTest
  @CsvSource({"GZIP", "ZSTD", "NONE"})
  void theRefactoredImageHasTheSameRootFileSystem(String source) throws Exception {
    Packing packing =
        switch (source) {
          case "GZIP" -> Packing.GZIP;
          case "ZSTD" -> Packing.ZSTD;
          default -> Packing.NONE;
        };
    TestImage image = image().packing(packing);
    View before = Fold.fold(scan(image.write(), image.mediaType()));
    for (Planner planner : List.of(allPrivate(), byTop(), scattered(5))) {
      Outcome.Refactored outcome = refactor(image, planner);
      List<LayerIndex> layers = scan(outcome.manifest(), image.mediaType());
      assertThat(ViewListing.of(Fold.fold(layers))).isEqualTo(ViewListing.of(before));
      assertThat(ReverseFold.treeDigest(layers)).isEqualTo(outcome.treeDigest());
      assertThat(layers).hasSameSizeAs(outcome.layers());
      assertThat(outcome.descriptor().digest()).isEqualTo(Digest.sha256(outcome.manifest()));
    }
  }

  @Test
  void layersBelowTheTopOneMayComeInAnyOrder() throws Exception {
    Outcome.Refactored outcome = refactor(image(), scattered(6));
    List<LayerIndex> layers = new ArrayList<>(scan(outcome.manifest(), MediaType.OCI_MANIFEST));
    for (int round = 0; round < 10; round++) {
      Collections.shuffle(layers.subList(0, layers.size() - 1), Seeds.random(round));
      assertThat(ReverseFold.treeDigest(layers)).isEqualTo(outcome.treeDigest());
    }
  }

  @Test
  void everyPathButDirectoriesIsInOneLayerAndNoneHidesAnything() throws Exception {
    Outcome.Refactored outcome = refactor(image(), scattered(6));
    Set<String> seen = new HashSet<>();
    for (LayerIndex layer : scan(outcome.manifest(), MediaType.OCI_MANIFEST)) {
      for (int row = 0; row < layer.size(); row++) {
        assertThat(layer.isWhiteout(row) || layer.isOpaque(row) || layer.isImplicit(row)).isFalse();
        if (!layer.isDirectory(row)) {
          assertThat(seen.add(layer.path(row).toString())).isTrue();
        }
      }
    }
    assertThat(seen).contains("etc/new", "usr/lib/b", "usr/null").doesNotContain("etc/old");
  }

  @Test
  void equalGroupsOfDifferentImagesAreOneLayerBuiltOnce() throws Exception {
    RefactorEngine engine = engine();
    TestImage one = new TestImage(contents).layers(lower());
    TestImage other =
        new TestImage(contents)
            .layers(new RawTar().directory("opt").file("opt/x", "other"), lower())
            .packing(Packing.ZSTD);
    Outcome.Refactored first = refactored(run(engine, request(one, byTop())));
    int committed = contents.committed.size();
    Outcome.Refactored second = refactored(run(engine, request(other, byTop())));
    Map<Digest, Boolean> reused = new HashMap<>();
    second.layers().forEach(layer -> reused.put(layer.built().blob(), layer.reused()));
    List<Digest> shared =
        first.layers().stream()
            .map(layer -> layer.built().blob())
            .filter(reused::containsKey)
            .toList();
    assertThat(shared).hasSize(first.layers().size() - 1);
    assertThat(shared).allSatisfy(digest -> assertThat(reused.get(digest)).isTrue());
    // The layer of opt, the private one, and the configuration.
    assertThat(contents.committed.size() - committed).isEqualTo(3);
  }

  @Test
  void theSameImageMakesTheSameBytesWhateverCameBefore() throws Exception {
    Outcome.Refactored first = refactor(image(), scattered(4));
    MemoryContents elsewhere = new MemoryContents();
    RefactorEngine other = engine(new MemoryRefactorState(10), 80_000);
    TestImage copy = new TestImage(elsewhere).layers(lower(), upper());
    run(
        other,
        new RefactorRequest(
            new TestImage(elsewhere).layers(upper()).write(),
            MediaType.OCI_MANIFEST,
            elsewhere,
            elsewhere,
            byTop(),
            Packing.GZIP,
            100));
    Outcome second =
        run(
            other,
            new RefactorRequest(
                copy.write(),
                copy.mediaType(),
                elsewhere,
                elsewhere,
                scattered(4),
                Packing.GZIP,
                100));
    assertThat(refactored(second).manifest()).isEqualTo(first.manifest());
    first
        .layers()
        .forEach(layer ->
            assertThat(elsewhere.blobs.get(layer.built().blob()))
                .isEqualTo(contents.blobs.get(layer.built().blob())));
  }

  @Test
  void anEvictedLayerIsMadeAgainToTheSameDigest() throws Exception {
    RefactorEngine engine = engine();
    Outcome.Refactored first = refactored(run(engine, request(image(), byTop())));
    Outcome.Layer evicted = first.layers().get(1);
    contents.blobs.remove(evicted.built().blob());
    Outcome.Refactored second = refactored(run(engine, request(image(), byTop())));
    assertThat(second.manifest()).isEqualTo(first.manifest());
    assertThat(contents.blobs).containsKey(evicted.built().blob());
    assertThat(second.layers())
        .filteredOn(layer -> !layer.reused())
        .extracting(Outcome.Layer::built)
        .containsExactly(evicted.built());
  }

  @Test
  void keepsWhatItDoesNotKnowInConfigurationAndManifest() throws Exception {
    TestImage image =
        image()
            .configuration(
                ",\"created\":\"2024-01-02T03:04:05Z\",\"config\":{\"Env\":[\"A=\u00e9\"],\"Unknown\":1.10},"
                    + "\"history\":[{\"created_by\":\"one\",\"unknown\":[1]},{\"created_by\":\"two\",\"empty_layer\":true},{\"created_by\":\"three\"}]")
            .manifest(",\"annotations\":{\"mine\":\"kept\"},\"unknown\":{\"a\":null}");
    byte[] source = image.write();
    Outcome.Refactored outcome = refactor(image, byTop());
    JsonNode manifest = JSON.readTree(outcome.manifest());
    assertThat(manifest.path("unknown").path("a").isNull()).isTrue();
    assertThat(manifest.path("annotations").path("mine").asString()).isEqualTo("kept");
    assertThat(manifest.path("annotations").path("io.outcrop.refactor.tree").asString())
        .isEqualTo(outcome.treeDigest().toString());
    assertThat(manifest.path("subject").path("digest").asString())
        .isEqualTo(Digest.sha256(source).toString());
    byte[] bytes =
        contents.blobs.get(Digest.parse(manifest.path("config").path("digest").asString()));
    assertThat(new String(bytes, UTF_8)).contains("\"Unknown\":1.10").contains("A=\u00e9");
    JsonNode configuration = JSON.readTree(bytes);
    JsonNode history = configuration.path("history");
    int layers = outcome.layers().size();
    assertThat(history.size()).isEqualTo(3 + layers);
    for (int i = 0; i < history.size(); i++) {
      assertThat(history.get(i).path("empty_layer").asBoolean(false)).isEqualTo(i < 3);
    }
    assertThat(history.get(0).path("unknown").size()).isEqualTo(1);
    assertThat(history.get(3).path("created").asString()).isEqualTo("2024-01-02T03:04:05Z");
    JsonNode diffIds = configuration.path("rootfs").path("diff_ids");
    assertThat(diffIds.size()).isEqualTo(layers);
    for (int i = 0; i < layers; i++) {
      assertThat(diffIds.get(i).asString())
          .isEqualTo(outcome.layers().get(i).built().diffId().toString());
    }
  }

  @Test
  void dockerImagesStayDocker() throws Exception {
    TestImage image = image().docker();
    Outcome outcome =
        run(
            engine(),
            new RefactorRequest(
                image.write(), image.mediaType(), contents, contents, byTop(), Packing.ZSTD, 100));
    JsonNode manifest = JSON.readTree(refactored(outcome).manifest());
    assertThat(manifest.path("mediaType").asString()).isEqualTo(MediaType.DOCKER_MANIFEST.value());
    assertThat(manifest.has("subject")).isFalse();
    assertThat(manifest.has("annotations")).isFalse();
    assertThat(manifest.path("layers").get(0).path("mediaType").asString())
        .isEqualTo("application/vnd.docker.image.rootfs.diff.tar.gzip");
  }

  @Test
  void worksInBatchesWhereTemporaryRoomIsScarce() throws Exception {
    Outcome.Refactored plenty = refactor(image(), scattered(6));
    Outcome scarce =
        run(engine(new MemoryRefactorState(100), 70_100), request(image(), scattered(6)));
    assertThat(refactored(scarce).manifest()).isEqualTo(plenty.manifest());
    Outcome none =
        run(engine(new MemoryRefactorState(100), 69_999), request(image(), scattered(6)));
    assertThat(none).isInstanceOf(Outcome.PassThrough.class);
    assertThat(((Outcome.PassThrough) none).reason()).isEqualTo(Reason.NO_ROOM);
    try (var files = Files.list(directory)) {
      assertThat(files).as("temporary files left").isEmpty();
    }
  }

  @Test
  void imagesOfAnotherKindPassThrough() throws IOException {
    assertThat(reason(image().system("windows"))).isEqualTo(Reason.OPERATING_SYSTEM);
    assertThat(reason(image().configurationType("application/vnd.example+json")))
        .isEqualTo(Reason.ARTIFACT);
    assertThat(
            reason(
                image().layerType("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip")))
        .isEqualTo(Reason.FOREIGN_LAYER);
    assertThat(
            reason(image().layerType("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip")))
        .isEqualTo(Reason.FOREIGN_LAYER);
    assertThat(reason(image().layerType("application/vnd.oci.image.layer.v1.tar+gzip+encrypted")))
        .isEqualTo(Reason.ENCRYPTED_LAYER);
    assertThat(reason(image().layerType("application/vnd.example.layer")))
        .isEqualTo(Reason.MEDIA_TYPE);
    assertThat(reason(image().layerType("application/vnd.oci.image.layer.v1.tar")))
        .isEqualTo(Reason.MEDIA_TYPE);
    assertThat(reason(new TestImage(contents))).isEqualTo(Reason.NO_LAYERS);
    assertThat(reason(image().diffIds("\"sha256:" + "0".repeat(64) + "\"")))
        .isEqualTo(Reason.INVALID_CONFIGURATION);
    String wrong = "\"sha256:" + "0".repeat(64) + "\"";
    assertThat(reason(image().diffIds(wrong + "," + wrong))).isEqualTo(Reason.DIFF_ID_MISMATCH);
    assertThat(reason(image().configuration(",\"history\":[1]")))
        .isEqualTo(Reason.INVALID_CONFIGURATION);
    assertThat(reason(new TestImage(contents).layers(new RawTar().hardLink("a", "b"))))
        .isEqualTo(Reason.HARD_LINK_TARGET);
    Outcome schema1 =
        run(
            engine(),
            new RefactorRequest(
                "{}".getBytes(UTF_8),
                MediaType.DOCKER_SCHEMA1_SIGNED,
                contents,
                contents,
                allPrivate(),
                Packing.GZIP,
                100));
    assertThat(schema1).extracting("reason").isEqualTo(Reason.SCHEMA1);
  }

  @Test
  void aLayerThatIsNotThereFailsAndIsNoReasonToPassThrough() throws Exception {
    byte[] manifest = image().write();
    Descriptor layer =
        ((Manifest.Image) ManifestParser.parse(manifest, MediaType.OCI_MANIFEST))
            .layers()
            .getLast();
    byte[] blob = contents.blobs.remove(layer.digest());
    RefactorEngine engine = engine();
    RefactorRequest request =
        new RefactorRequest(
            manifest, MediaType.OCI_MANIFEST, contents, contents, byTop(), Packing.GZIP, 100);
    assertThatThrownBy(() -> run(engine, request))
        .isInstanceOf(java.nio.file.NoSuchFileException.class);
    contents.blobs.put(layer.digest(), blob);
    refactored(run(engine, request));
  }

  @Test
  void plannersThatBreakTheirContractAreFound() throws IOException {
    Map<String, TestPlanners.Rule> broken =
        Map.of(
            "is in no group",
                request -> new Plan(List.of(), new Group("top", new int[] {0}), Map.of()),
            "is in two groups",
                request ->
                    new Plan(
                        List.of(new Group("again", new int[] {1})),
                        new Group("top", IntStream.range(0, request.view().size()).toArray()),
                        Map.of()),
            "is a directory",
                request ->
                    new Plan(
                        List.of(new Group("d", new int[] {0})),
                        new Group("top", IntStream.range(1, request.view().size()).toArray()),
                        Map.of()),
            "are in two groups",
                request -> {
                  View view = request.view();
                  int link =
                      IntStream.range(0, view.size())
                          .filter(view::isHardLink)
                          .findFirst()
                          .orElseThrow();
                  return new Plan(
                      List.of(new Group("link", new int[] {link})),
                      new Group(
                          "top", IntStream.range(0, view.size()).filter(i -> i != link).toArray()),
                      Map.of());
                });
    for (Map.Entry<String, TestPlanners.Rule> rule : broken.entrySet()) {
      RefactorRequest request = request(image(), TestPlanners.planner("broken", rule.getValue()));
      assertThatThrownBy(() -> run(engine(), request))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining(rule.getKey());
    }
  }

  @Test
  void cancelledWorkEndsAndGoesOnWithWhatWasFinished() throws Exception {
    RefactorState state = new MemoryRefactorState(1_000_000);
    RefactorEngine engine = engine(state, 1 << 30);
    RefactorRequest request = request(image(), scattered(6));
    Cancellation cancellation = Cancellation.untilCancelled();
    AtomicInteger steps = new AtomicInteger();
    assertThatThrownBy(() ->
            engine.refactor(
                request,
                cancellation,
                (phase, done, total) -> {
                  if (phase == RefactorProgress.Phase.BUILD && steps.incrementAndGet() == 4) {
                    cancellation.cancel();
                  }
                }))
        .isInstanceOf(CancelledException.class);
    int opened = contents.opened.size();
    Outcome.Refactored outcome = refactored(run(engine, request));
    assertThat(outcome.layers()).anyMatch(Outcome.Layer::reused);
    // The layers of the source are not scanned again: each is opened once, to build from it.
    List<Digest> sources =
        ((Manifest.Image) ManifestParser.parse(request.manifest(), MediaType.OCI_MANIFEST))
            .layers().stream().map(Descriptor::digest).toList();
    assertThat(contents.opened.subList(opened, contents.opened.size()))
        .filteredOn(sources::contains)
        .hasSizeLessThanOrEqualTo(sources.size());
  }

  @Test
  void manyAtOnceBuildEachGroupOnce() throws Exception {
    RefactorEngine engine = engine();
    List<RefactorRequest> requests = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      TestImage image =
          new TestImage(contents).layers(lower(), new RawTar().file("own", "image " + i % 3));
      requests.add(request(image, byTop()));
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Future<Outcome>> outcomes = new ArrayList<>();
      requests.forEach(request -> outcomes.add(threads.submit(() -> run(engine, request))));
      Set<Digest> layers = new HashSet<>();
      for (Future<Outcome> outcome : outcomes) {
        refactored(outcome.get()).layers().forEach(layer -> layers.add(layer.built().blob()));
      }
      assertThat(contents.committed.stream().filter(layers::contains))
          .as("layers committed")
          .doesNotHaveDuplicates()
          .hasSameSizeAs(layers);
    }
  }

  @Test
  void randomStacksStayWhatTheyAre() throws Exception {
    int refactored = 0;
    for (int round = 0; round < 150; round++) {
      TestImage image =
          new TestImage(contents).layers(new RandomLayers(Seeds.random(round)).stack());
      Outcome outcome = run(engine(), request(image, scattered(3)));
      switch (outcome) {
        case Outcome.Refactored made -> {
          refactored++;
          assertThat(ViewListing.of(Fold.fold(scan(made.manifest(), image.mediaType()))))
              .as(Seeds.describe(round))
              .isEqualTo(ViewListing.of(Fold.fold(scan(image.write(), image.mediaType()))));
        }
        case Outcome.PassThrough passed ->
            assertThat(passed.reason().kind())
                .as(Seeds.describe(round) + passed)
                .isEqualTo(Reason.Kind.AMBIGUOUS);
      }
    }
    assertThat(refactored).isPositive();
  }

  @Test
  void progressGrowsToItsTotals() throws Exception {
    Map<RefactorProgress.Phase, long[]> last = new HashMap<>();
    engine()
        .refactor(
            request(image(), byTop()),
            Cancellation.untilCancelled(),
            (phase, done, total) -> {
              synchronized (last) {
                long[] before = last.computeIfAbsent(phase, _ -> new long[2]);
                before[0] = Math.max(before[0], done);
                before[1] = total;
              }
            });
    assertThat(last.keySet()).containsExactlyInAnyOrder(RefactorProgress.Phase.values());
    last.forEach((phase, state) -> assertThat(state[0]).as(phase.name()).isEqualTo(state[1]));
  }

  @Test
  void groupsReadContentOfTheirPlanThroughOnePass() throws Exception {
    byte[] manifest = image().write();
    Analysis analysis =
        engine()
            .analyse(
                manifest,
                MediaType.OCI_MANIFEST,
                contents,
                Cancellation.untilCancelled(),
                RefactorProgress.NONE);
    View view = analysis.view();
    int[] files =
        IntStream.range(0, view.size())
            .filter(i -> view.type(i) == EntryType.REGULAR && !view.isHardLink(i))
            .toArray();
    Map<String, String> read = new HashMap<>();
    analysis
        .contents()
        .read(
            files,
            (entry, content) ->
                read.put(view.path(entry).toString(), new String(content.readAllBytes(), UTF_8)));
    assertThat(read)
        .hasSize(files.length)
        .containsEntry("etc/passwd", "root")
        .containsEntry("usr/empty", "")
        .containsEntry("etc/new", "n".repeat(70_000));
    assertThat(Arrays.stream(files).filter(i -> view.layer(i) == 1).count()).isEqualTo(1);
  }
}
