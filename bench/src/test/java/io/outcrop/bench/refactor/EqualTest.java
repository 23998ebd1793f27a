package io.outcrop.bench.refactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Asks {@code bench/corpus/equal}, as a user does. */
class EqualTest {

  private static final Path EQUAL = Path.of("corpus/equal").toAbsolutePath();
  private static final String CAPABILITY = "\1\0\0\2\0\u0080\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

  @TempDir Path directory;

  private record Outcome(int exitCode, String output) {}

  @BeforeEach
  void needsUmociAndRoot() {
    if (!Boolean.parseBoolean(System.getenv("OUTCROP_REQUIRE_PROGRAMS"))) {
      assumeThat(List.of("/usr/bin/umoci", "/usr/bin/python3"))
          .allMatch(program -> Files.exists(Path.of(program)));
    }
    assumeThat(System.getProperty("user.name")).isEqualTo("root");
  }

  @Test
  void otherLayersOfTheSameTreeAreEqual() throws Exception {
    Outcome outcome =
        equal(
            new byte[][] {
              new TarBytes().directory("d").file("d/gone", "1").file("f", "old").end(),
              withFile("new").directory("d").file("d/.wh.gone", "").end()
            },
            new byte[][] {withFile("new").end(), new TarBytes().directory("d").end()});

    assertThat(outcome.output()).contains("equal\tumoci\timage\t3 paths\t0 differences");
    assertThat(outcome.exitCode()).isZero();
  }

  @Test
  void findsEveryKindOfDifference() throws Exception {
    TarBytes plain = withFile("text");
    assertDiffers(plain, withFile("test"), "/f: content");
    assertDiffers(plain, withFile("text").file("more", ""), "/more: only in the refactored");
    assertDiffers(withFile("text").file("more", ""), plain, "/more: only in the original");
    assertDiffers(
        extended("mtime", "7.000000001"), extended("mtime", "7.000000002"), "/f: mtime 7000000001");
    assertDiffers(extended("uid", "3000000"), extended("uid", "3000001"), "/f: owner 3000000:0");
    assertDiffers(
        extended("SCHILY.xattr.security.capability", CAPABILITY),
        extended("uid", "0"),
        "/f: xattrs");
    assertDiffers(
        new TarBytes().member("f", '0', 04755, 0, "", ""),
        new TarBytes().member("f", '0', 0755, 0, "", ""),
        "/f: mode 0104755 -> 0100755");
    assertDiffers(
        new TarBytes().link("f", '2', "a"), new TarBytes().link("f", '2', "b"), "/f: target b'a'");
    assertDiffers(
        new TarBytes().file("f", "x").link("g", '1', "f"),
        new TarBytes().file("f", "x").file("g", "x"),
        "/f: hard links only in the original");
  }

  @Test
  void tellsWhenAnEngineCannotUnpack() throws Exception {
    Outcome outcome = equal(new byte[][] {withFile("x").end()}, new byte[][] {{1, 2, 3}});

    assertThat(outcome.exitCode()).isEqualTo(2);
  }

  private void assertDiffers(TarBytes original, TarBytes refactored, String expected)
      throws Exception {
    Outcome outcome = equal(new byte[][] {original.end()}, new byte[][] {refactored.end()});
    assertThat(outcome.output()).contains(expected);
    assertThat(outcome.exitCode()).isEqualTo(1);
  }

  private static TarBytes withFile(String content) {
    return new TarBytes().file("f", content).link("g", '1', "f");
  }

  private static TarBytes extended(String key, String value) {
    return new TarBytes().extended(key, value).file("f", "text");
  }

  private Outcome equal(byte[][] original, byte[][] refactored)
      throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory(directory, "layouts");
    TestLayout left = new TestLayout(folder.resolve("original")).image("image", original);
    TestLayout right = new TestLayout(folder.resolve("refactored")).image("image", refactored);
    ProcessBuilder command =
        new ProcessBuilder(
            EQUAL.toString(),
            "--engine",
            "umoci",
            left.directory().toString(),
            right.directory().toString(),
            "image");
    command.environment().put("TMPDIR", folder.toString());
    Process process = command.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Outcome(process.waitFor(), output);
  }
}
