package io.outcrop.refactor;

import static io.outcrop.refactor.TestPlanners.scattered;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.refactor.build.MemoryRefactorState;
import io.outcrop.refactor.compress.PackedStream;
import io.outcrop.refactor.compress.Packing;
import io.outcrop.refactor.model.Cancellation;
import io.outcrop.refactor.model.Limits;
import io.outcrop.refactor.model.Reason;
import io.outcrop.refactor.scan.LayerIndex;
import io.outcrop.refactor.tar.RawTar;
import io.outcrop.refactor.tar.TarMutator;
import io.outcrop.refactor.view.Fold;
import io.outcrop.refactor.view.ReverseFold;
import io.outcrop.refactor.view.TreeDigest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Images made to do harm are refused with the reason, and the next image is as good as ever. */
@Timeout(120)
final class HostileImagesTest {

  private static final int MIB = 1 << 20;

  @TempDir private Path directory;
  private final MemoryContents contents = new MemoryContents();
  private final MemoryRefactorState state = new MemoryRefactorState(1_000_000);

  /** Writes what a layer unpacks to. */
  private interface Archive {
    void write(OutputStream out) throws IOException;
  }

  @AfterEach
  void aGoodImageIsStillRefactored() throws IOException {
    byte[] layer = blob(Packing.GZIP, out -> out.write(new RawTar().file("good", "image").bytes()));
    Digest unpacked = Digest.sha256(new RawTar().file("good", "image").bytes());
    assertThat(outcome(List.of(layer), List.of(unpacked), Limits.DEFAULT))
        .isInstanceOf(Outcome.Refactored.class);
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).as("temporary files").isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"GZIP", "ZSTD"})
  void aLayerThatExpandsWithoutEnd(String compression) throws IOException {
    Packing packing = compression.equals("GZIP") ? Packing.GZIP : Packing.ZSTD;
    byte[] layer =
        blob(
            packing,
            out -> {
              out.write(new RawTar().add("big", '0', "", h -> h.binary(124, 12, 1L << 40)).open());
              byte[] zeros = new byte[MIB];
              for (int i = 0; i < 600; i++) {
                out.write(zeros);
              }
            });
    assertThat(layer.length).isLessThan(MIB);

    assertThat(reason(layer)).isIn(Reason.COMPRESSION_RATIO, Reason.FILE_TOO_LARGE);
  }

  @ParameterizedTest
  @CsvSource({"GZIP", "ZSTD"})
  void aLayerOfHonestFilesThatExpandsFarTooMuch(String compression) throws IOException {
    Packing packing = compression.equals("GZIP") ? Packing.GZIP : Packing.ZSTD;
    byte[] layer =
        blob(
            packing,
            out -> {
              byte[] file = new byte[64 * MIB];
              for (int i = 0; i < 10; i++) {
                out.write(new RawTar().add("zeros" + i, '0', file, h -> {}).open());
              }
              out.write(new byte[1024]);
            });

    assertThat(reason(layer)).isEqualTo(Reason.COMPRESSION_RATIO);
  }

  @Test
  void aMillionEntries() throws IOException {
    byte[] layer =
        blob(
            new Packing(Packing.ZSTD.compression(), 1),
            out -> {
              RawTar some = new RawTar();
              for (int i = 0; i < 1_000_000; i++) {
                some.file("d" + i, "");
                if (i % 10_000 == 9_999) {
                  out.write(some.open());
                  some = new RawTar();
                }
              }
              out.write(new byte[1024]);
            });

    assertThat(reason(layer)).isEqualTo(Reason.TOO_MANY_ENTRIES);
  }

  @Test
  void manyEntriesSpreadOverLayers() throws IOException {
    Limits limits = new Limits(500, 100, 4096, 256, MIB, 1L << 36, 1L << 37, 200, 4 << 20);
    List<byte[]> layers = new ArrayList<>();
    List<Digest> unpacked = new ArrayList<>();
    for (int layer = 0; layer < 3; layer++) {
      RawTar archive = new RawTar();
      for (int i = 0; i < 40; i++) {
        archive.file("l" + layer + "-" + i, "");
      }
      byte[] bytes = archive.bytes();
      layers.add(blob(Packing.GZIP, out -> out.write(bytes)));
      unpacked.add(Digest.sha256(bytes));
    }

    assertThat(reason(outcome(layers, unpacked, limits))).isEqualTo(Reason.TOO_MANY_ENTRIES);
  }

  @Test
  void directoriesThatNobodyStates() throws IOException {
    // Each entry brings hundreds of directories along.
    Limits limits = new Limits(500, 2_000, 4096, 256, MIB, 1L << 36, 1L << 37, 200, 4 << 20);
    RawTar archive = new RawTar();
    for (int i = 0; i < 20; i++) {
      archive.pax(Map.of("path", "x" + i + "/d".repeat(200) + "/f")).file("f", "");
    }

    assertThat(reason(outcome(archive, limits))).isEqualTo(Reason.TOO_MANY_ENTRIES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"../escape", "a/../../escape", "..", "/../escape"})
  void pathsThatLeadOut(String path) throws IOException {
    assertThat(reason(outcome(new RawTar().file(path, "x"), Limits.DEFAULT)))
        .isEqualTo(Reason.PATH_OUTSIDE_ROOT);
  }

  @Test
  void hardLinksThatLeadOut() throws IOException {
    RawTar archive = new RawTar().file("a", "x").hardLink("b", "../../etc/shadow");

    assertThat(reason(outcome(archive, Limits.DEFAULT))).isEqualTo(Reason.PATH_OUTSIDE_ROOT);
  }

  @Test
  void pathsThatAreTooLongOrTooDeep() throws IOException {
    RawTar tooLong = new RawTar().pax(Map.of("path", "n".repeat(5_000))).file("n", "");
    RawTar tooDeep = new RawTar().pax(Map.of("path", "d/".repeat(400) + "f")).file("f", "");

    assertThat(reason(outcome(tooLong, Limits.DEFAULT))).isEqualTo(Reason.PATH_TOO_LONG);
    assertThat(reason(outcome(tooDeep, Limits.DEFAULT))).isEqualTo(Reason.PATH_TOO_LONG);
  }

  @Test
  void symbolicLinksInCircles_areLinksLikeOthers() throws IOException {
    RawTar archive = new RawTar().symlink("a", "b").symlink("b", "a").symlink("c", "/");

    assertThat(outcome(archive, Limits.DEFAULT)).isInstanceOf(Outcome.Refactored.class);
  }

  @Test
  void aHeaderOfAGigabyte() throws IOException {
    byte[] layer =
        blob(
            Packing.GZIP,
            out -> {
              out.write(new RawTar().add("x", 'x', "", h -> h.octal(124, 12, 1L << 30)).open());
              byte[] zeros = new byte[MIB];
              for (int i = 0; i < 64; i++) {
                out.write(zeros);
              }
            });

    assertThat(reason(layer)).isEqualTo(Reason.HEADER_TOO_LARGE);
  }

  @ParameterizedTest
  @CsvSource({"GZIP", "ZSTD", "NONE"})
  void layersThatAreCutAnywhere(String compression) throws IOException {
    Packing packing =
        switch (compression) {
          case "GZIP" -> Packing.GZIP;
          case "ZSTD" -> Packing.ZSTD;
          default -> Packing.NONE;
        };
    Random random = Seeds.random(0);
    byte[] content = new byte[3_000];
    random.nextBytes(content);
    byte[] archive =
        new RawTar().directory("d").add("d/f", '0', content, h -> {}).file("d/g", "more").bytes();
    byte[] whole = blob(packing, out -> out.write(archive));
    for (int i = 0; i < 60; i++) {
      byte[] cut = Arrays.copyOf(whole, random.nextInt(whole.length));
      Outcome outcome = outcome(List.of(cut), List.of(Digest.sha256(archive)), Limits.DEFAULT);
      // What is cut within the padding at the end unpacks to fewer bytes.
      assertThat(reason(outcome))
          .as(Seeds.describe(0) + ", " + cut.length + " of " + whole.length)
          .isIn(
              Reason.TRUNCATED,
              Reason.INVALID_COMPRESSION,
              Reason.INVALID_ARCHIVE,
              Reason.DIFF_ID_MISMATCH);
    }
  }

  @Test
  void aSizeThatIsNotTrue() throws IOException {
    RawTar larger = new RawTar().add("f", '0', "short", h -> h.octal(124, 12, 100_000));
    RawTar smaller = new RawTar().add("f", '0', "x".repeat(2_000), h -> h.octal(124, 12, 3));

    assertThat(reason(outcome(larger, Limits.DEFAULT))).isEqualTo(Reason.TRUNCATED);
    assertThat(reason(outcome(smaller, Limits.DEFAULT)).kind()).isEqualTo(Reason.Kind.DAMAGED);
  }

  @Test
  void aLayerThatUnpacksToSomethingElse() throws IOException {
    byte[] layer = blob(Packing.GZIP, out -> out.write(new RawTar().file("a", "b").bytes()));
    Digest other = Digest.sha256("something else".getBytes(UTF_8));

    assertThat(reason(outcome(List.of(layer), List.of(other), Limits.DEFAULT)))
        .isEqualTo(Reason.DIFF_ID_MISMATCH);
  }

  /**
   * Whatever comes is either refused with a reason, or refactored to what both folds see in the
   * original; nothing else escapes.
   */
  @Test
  void damagedStacks_areRefusedOrStayWhatTheyAre() throws IOException {
    Map<Reason, Integer> reasons = new EnumMap<>(Reason.class);
    int refactored = 0;
    for (int round = 0; round < 400; round++) {
      Random random = Seeds.random(round);
      List<byte[]> layers = new ArrayList<>();
      List<Digest> unpacked = new ArrayList<>();
      for (RawTar layer : new RandomLayers(random).stack()) {
        byte[] archive =
            random.nextInt(3) == 0 ? TarMutator.mutate(layer.bytes(), random) : layer.bytes();
        byte[] blob = blob(Packing.GZIP, out -> out.write(archive));
        if (random.nextInt(10) == 0) {
          blob[random.nextInt(blob.length)] ^= (byte) (1 << random.nextInt(8));
        }
        layers.add(blob);
        unpacked.add(Digest.sha256(archive));
      }
      switch (outcome(layers, unpacked, Limits.DEFAULT)) {
        case Outcome.PassThrough passed -> reasons.merge(passed.reason(), 1, Integer::sum);
        case Outcome.Refactored made -> {
          refactored++;
          List<LayerIndex> scanned = new ArrayList<>();
          for (byte[] layer : layers) {
            scanned.add(LayerFixture.scan(layer));
          }
          assertThat(TreeDigest.of(Fold.fold(scanned)))
              .as(Seeds.describe(round))
              .isEqualTo(made.treeDigest())
              .isEqualTo(ReverseFold.treeDigest(scanned));
        }
      }
    }
    assertThat(refactored).as(Seeds.describe(0)).isPositive();
    assertThat(reasons).as(Seeds.describe(0)).hasSizeGreaterThan(3);
  }

  private Reason reason(byte[] layer) throws IOException {
    return reason(outcome(List.of(layer), List.of(Digest.sha256(new byte[0])), Limits.DEFAULT));
  }

  private static Reason reason(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.PassThrough.class);
    Outcome.PassThrough passed = (Outcome.PassThrough) outcome;
    assertThat(passed.detail()).isNotBlank();
    return passed.reason();
  }

  private Outcome outcome(RawTar archive, Limits limits) throws IOException {
    byte[] bytes = archive.bytes();
    return outcome(
        List.of(blob(Packing.GZIP, out -> out.write(bytes))),
        List.of(Digest.sha256(bytes)),
        limits);
  }

  private Outcome outcome(List<byte[]> layers, List<Digest> unpacked, Limits limits)
      throws IOException {
    RefactorEngine engine =
        new RefactorEngine(new EngineOptions(limits, 2, directory, 1 << 30), state);
    RefactorRequest request =
        new RefactorRequest(
            manifest(layers, unpacked),
            MediaType.OCI_MANIFEST,
            contents,
            contents,
            scattered(3),
            Packing.GZIP,
            100);
    return engine.refactor(request, Cancellation.untilCancelled(), RefactorProgress.NONE);
  }

  private byte[] manifest(List<byte[]> layers, List<Digest> unpacked) {
    List<String> ids = unpacked.stream().map(id -> "\"" + id + "\"").toList();
    byte[] configuration =
        ("{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":"
                + ids
                + "}}")
            .getBytes(UTF_8);
    List<String> listed =
        layers.stream()
            .map(layer -> descriptor("application/vnd.oci.image.layer.v1.tar+gzip", layer))
            .toList();
    return ("{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":%s}"
            .formatted(
                MediaType.OCI_MANIFEST,
                descriptor("application/vnd.oci.image.config.v1+json", configuration),
                listed))
        .getBytes(UTF_8);
  }

  private String descriptor(String type, byte[] blob) {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
        .formatted(type, contents.add(blob), blob.length);
  }

  private static byte[] blob(Packing packing, Archive archive) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (PackedStream stream = packing.pack(out)) {
      archive.write(stream);
      stream.finish();
    }
    return out.toByteArray();
  }
}
