package io.outcrop.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.proxy.config.RefactorMode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code outcrop refactor} on a running edge, as it is typed. */
final class RefactorCommandTest {

  private static final String IMAGE = "docker.io/library/app:1";
  private static final String TAG = "/v2/library/app/manifests/1";

  @TempDir Path folder;
  private TestRegistry origin;
  private TestImage image;

  @BeforeEach
  void push() throws IOException {
    origin = new TestRegistry();
    image = new TestImage().layer(TestImage.files("opt/app", 3, 70_000, 2));
    image.push(origin, "library/app", "1");
  }

  @AfterEach
  void stop() throws IOException {
    origin.close();
  }

  @Test
  void tellsWhatWasMade_andAdoptsItForTheTagOnlyWhenTold() throws Exception {
    try (TestEdge edge = edge(RefactorMode.SERVE)) {
      String original = digest(edge);

      CommandRun made = CommandRun.of("refactor", IMAGE, "--admin", edge.adminUrl());
      assertThat(made.err()).isEmpty();
      assertThat(made.exitCode()).isZero();
      assertThat(made.out()).startsWith(IMAGE + " sha256:").contains(" layers, ");
      assertThat(digest(edge)).isEqualTo(original);

      CommandRun adopted = CommandRun.of("refactor", IMAGE, "--adopt", "--admin", edge.adminUrl());
      assertThat(adopted.exitCode()).isZero();
      assertThat(made.out()).contains(digest(edge)).doesNotContain(original);
    }
  }

  @Test
  void estimatesWhereItIsOff_andRefusesToMake() throws Exception {
    try (TestEdge edge = edge(RefactorMode.OFF)) {
      CommandRun estimate =
          CommandRun.of("refactor", IMAGE, "--dry-run", "--admin", edge.adminUrl());
      assertThat(estimate.err()).isEmpty();
      assertThat(estimate.out()).contains("layers");

      CommandRun refused = CommandRun.of("refactor", IMAGE, "--admin", edge.adminUrl());
      assertThat(refused.exitCode()).isEqualTo(1);
      assertThat(refused.err()).contains("refactor is off").hasLineCount(1);
    }
  }

  @Test
  void wantsAnImage_andNoOptionsOfLayouts() throws Exception {
    try (TestEdge edge = edge(RefactorMode.SERVE)) {
      CommandRun none = CommandRun.of("refactor", "--admin", edge.adminUrl());
      assertThat(none.exitCode()).isEqualTo(2);
      assertThat(none.err()).contains("which image", "--layout");

      CommandRun level =
          CommandRun.of("refactor", IMAGE, "--level", "3", "--admin", edge.adminUrl());
      assertThat(level.exitCode()).isEqualTo(2);
      assertThat(level.err()).contains("--level: for --layout only");

      CommandRun adopt = CommandRun.of("refactor", "--layout", folder.toString(), "--adopt");
      assertThat(adopt.exitCode()).isEqualTo(2);
      assertThat(adopt.err()).contains("--adopt: for an edge only");
    }
  }

  @Test
  void takesAFileThatIsCalledAsAVerbIs() {
    // What is wrong is that there is no such file.
    CommandRun run = CommandRun.of("refactor", "--layout", folder.toString(), "--plan", "plan");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("plan").doesNotContain("Expected parameter").hasLineCount(1);
  }

  private TestEdge edge(RefactorMode mode) throws IOException {
    return TestEdge.in(folder.resolve("edge"))
        .refactor(mode, Duration.ZERO)
        .upstream("docker.io", origin.url())
        .start();
  }

  private static String digest(TestEdge edge) throws IOException {
    return edge.get(TAG).headers().firstValue("docker-content-digest").orElseThrow();
  }
}
