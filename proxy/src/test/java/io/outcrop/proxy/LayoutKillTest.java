package io.outcrop.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.oci.Digest;
import io.outcrop.proxy.cli.Main;
import io.outcrop.refactor.layout.LayoutImages;
import io.outcrop.storage.layout.OciLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that refactors a layout is killed, or told to stop, while it is at it. */
@Timeout(300)
final class LayoutKillTest {

  @TempDir Path folder;

  private SmallLayout layout() throws IOException {
    SmallLayout layout = new SmallLayout(folder.resolve("layout"));
    Random random = new Random(1);
    SmallLayout.Layer layer = new SmallLayout.Layer().directory("opt");
    for (int file = 0; file < 6; file++) {
      StringBuilder text = new StringBuilder();
      while (text.length() < 5_000_000) {
        text.append(Integer.toString(random.nextInt(), 36));
      }
      layer.file("opt/file" + file, text.toString());
    }
    layout.add("app", layer);
    return layout;
  }

  private Process start(SmallLayout layout) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"));
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(Main.class.getName());
    command.addAll(List.of("refactor", "--layout", layout.folder.toString()));
    return new ProcessBuilder(command)
        .redirectOutput(folder.resolve("out").toFile())
        .redirectError(folder.resolve("err").toFile())
        .start();
  }

  private static Map<String, String> blobs(SmallLayout layout) throws IOException {
    Map<String, String> blobs = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(layout.folder.resolve("blobs"))) {
      for (Path file : walk.filter(Files::isRegularFile).toList()) {
        blobs.put(file.getFileName().toString(), Digest.sha256(Files.readAllBytes(file)).hex());
      }
    }
    return blobs;
  }

  private static void checkWhole(SmallLayout layout, Map<String, String> originals)
      throws IOException {
    Map<String, String> now = blobs(layout);
    assertThat(now).containsAllEntriesOf(originals);
    assertThat(now)
        .as("a blob is whole or not there")
        .allSatisfy((name, hash) -> assertThat(name).isEqualTo(hash));
    try (OciLayout opened = OciLayout.open(layout.folder)) {
      assertThat(LayoutImages.of(opened.index()).find("app")).isPresent();
    }
  }

  @Test
  void killedAtAnyTime_theLayoutIsWholeAndTheWorkGoesOn() throws Exception {
    SmallLayout layout = layout();
    Map<String, String> originals = blobs(layout);
    int kills = 0;
    for (long delay = 150; ; delay += delay / 2) {
      Process process = start(layout);
      boolean ended = process.waitFor(delay, TimeUnit.MILLISECONDS);
      process.destroyForcibly().waitFor();
      checkWhole(layout, originals);
      if (ended) {
        assertThat(process.exitValue()).as(Files.readString(folder.resolve("err"))).isZero();
        break;
      }
      kills++;
    }
    assertThat(kills).isPositive();
    CommandRun verified = CommandRun.of("verify", "app", "--layout", layout.folder.toString());
    assertThat(verified.out()).contains("app-refactored: sound").contains("as app\n");
    assertThat(verified.exitCode()).isZero();
  }

  @Test
  void toldToStop_saysHowToGoOn() throws Exception {
    SmallLayout layout = layout();
    Map<String, String> originals = blobs(layout);
    Process process = start(layout);
    Path work = layout.folder.resolve(".refactor").resolve("lock");
    org.awaitility.Awaitility.await()
        .atMost(60, TimeUnit.SECONDS)
        .until(() -> Files.exists(work) || !process.isAlive());
    process.destroy();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(143);
    assertThat(Files.readString(folder.resolve("err")))
        .isEqualTo("outcrop: interrupted; run it again to go on from here\n");
    checkWhole(layout, originals);
    Process again = start(layout);
    assertThat(again.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(again.exitValue()).isZero();
  }
}
