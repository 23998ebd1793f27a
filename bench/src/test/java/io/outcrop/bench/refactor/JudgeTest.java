package io.outcrop.bench.refactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Asks {@code bench/corpus/judge}, as a user does. */
class JudgeTest {

  private static final Path JUDGE = Path.of("corpus/judge").toAbsolutePath();

  private static final byte[] BASE = new TarBytes().file("base", "1").end();
  private static final byte[] OLD = new TarBytes().file("old", "22").end();
  private static final byte[] NEW = new TarBytes().file("new", "a longer text").end();

  @TempDir Path directory;

  private record Outcome(int exitCode, String output) {}

  @BeforeEach
  void needsPython() {
    if (!Boolean.parseBoolean(System.getenv("OUTCROP_REQUIRE_PROGRAMS"))) {
      assumeThat(new File("/usr/bin/python3")).exists();
    }
  }

  @Test
  void countsSharedLayersOnceAndStacksByWhatIsBelow() throws Exception {
    TestLayout original = layout("original").image("a", BASE, OLD).image("b", NEW, OLD);
    TestLayout refactored = layout("refactored").image("a", OLD, BASE).image("b", OLD, NEW);
    Path tsv = directory.resolve("tsv");

    Outcome outcome =
        judge("--verify", "--tsv", tsv.toString(), original.directory(), refactored.directory());

    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    Map<String, double[]> measures = measures(tsv);
    double all = bytes(original);
    assertThat(measures.get("total all stored")).containsExactly(all, all);
    assertThat(measures.get("total all stack")[0]).isGreaterThan(all);
    assertThat(measures.get("total all stack")[1]).isEqualTo(all);
    assertThat(measures.get("image a layers")).containsExactly(2, 2);
    assertThat(measures.get("total all layers-max")).containsExactly(2, 2);
  }

  @Test
  void pairsAnImageWithTheOneBeforeItsUpdate() throws Exception {
    TestLayout original = layout("original").image("a-before", BASE, OLD).image("a", NEW, OLD);
    TestLayout refactored = layout("refactored").image("a-before", OLD, BASE).image("a", OLD, NEW);
    Path tsv = directory.resolve("tsv");

    judge("--tsv", tsv.toString(), original.directory(), refactored.directory());

    Map<String, double[]> measures = measures(tsv);
    double[] pull = measures.get("update a pull");
    double[] unpack = measures.get("update a unpack");
    assertThat(pull[0]).isEqualTo(pull[1]).isPositive();
    // Over another base the same layer has to be unpacked again.
    assertThat(unpack[0]).isGreaterThan(pull[0]);
    assertThat(unpack[1]).isEqualTo(pull[1]);
    assertThat(measures.get("total updates pull")).isEqualTo(pull);
  }

  @Test
  void findsPartnersInOneLayout() throws Exception {
    TestLayout both = layout("both").image("a", BASE, OLD).image("a-refactored", OLD);
    Path tsv = directory.resolve("tsv");

    Outcome outcome = judge("--tsv", tsv.toString(), both.directory(), both.directory());

    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    assertThat(measures(tsv).get("image a layers")).containsExactly(2, 1);
    assertThat(measures(tsv)).doesNotContainKey("image a-refactored layers");
  }

  @Test
  void namesImagesThatAreMissing() throws Exception {
    TestLayout original = layout("original").image("a", BASE).image("b", OLD);
    TestLayout refactored = layout("refactored").image("a", BASE);

    Outcome outcome = judge(original.directory(), refactored.directory());

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.output()).contains(refactored.directory() + ": b");
  }

  @Test
  void verifyFindsContentThatIsNotWhatItsDigestSays() throws Exception {
    TestLayout original = layout("original").image("a", BASE);
    TestLayout refactored = layout("refactored").image("a", BASE, NEW);
    Path blob =
        layers(refactored)
            .max((a, b) -> Long.compare(a.toFile().length(), b.toFile().length()))
            .orElseThrow();
    byte[] bytes = Files.readAllBytes(blob);
    bytes[bytes.length - 1] ^= 1;
    Files.write(blob, bytes);

    assertThat(judge(original.directory(), refactored.directory()).exitCode()).isZero();
    Outcome outcome = judge("--verify", original.directory(), refactored.directory());
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.output()).contains(blob.toString());
  }

  @Test
  void refusesBlobsThatAreMissingOrShort() throws Exception {
    TestLayout original = layout("original").image("a", BASE);
    Path blob = layers(original).findFirst().orElseThrow();
    Files.write(blob, new byte[] {0x1f, (byte) 0x8b});

    assertThat(judge(original.directory(), original.directory()).output()).contains("2 bytes");
    Files.delete(blob);
    assertThat(judge(original.directory(), original.directory()).output())
        .contains(blob.getFileName().toString());
  }

  private TestLayout layout(String name) throws IOException {
    return new TestLayout(directory.resolve(name));
  }

  private static Stream<Path> layers(TestLayout layout) throws IOException {
    try (Stream<Path> blobs = Files.list(layout.directory().resolve("blobs/sha256"))) {
      return blobs.filter(JudgeTest::isCompressed).toList().stream();
    }
  }

  private static double bytes(TestLayout layout) throws IOException {
    return layers(layout).mapToLong(blob -> blob.toFile().length()).sum();
  }

  private static boolean isCompressed(Path blob) {
    try {
      return Files.readAllBytes(blob)[0] == 0x1f;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Outcome judge(Object... arguments) throws IOException, InterruptedException {
    List<String> command =
        Stream.concat(Stream.of(JUDGE), Stream.of(arguments)).map(Object::toString).toList();
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Outcome(process.waitFor(), output);
  }

  private static Map<String, double[]> measures(Path tsv) throws IOException {
    Map<String, double[]> measures = new HashMap<>();
    for (String line : Files.readAllLines(tsv).subList(1, Files.readAllLines(tsv).size())) {
      String[] cells = line.split("\t", -1);
      measures.put(
          String.join(" ", cells[0], cells[1], cells[2]),
          new double[] {Double.parseDouble(cells[3]), Double.parseDouble(cells[4])});
    }
    return measures;
  }
}
