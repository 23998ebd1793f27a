package io.outcrop.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.outcrop.proxy.Version;
import io.outcrop.proxy.it.Script.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** The command {@code outcrop}, as somebody runs it who has just got it. */
final class LauncherIT {

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int BAD_CONFIGURATION = 78;

  private static Path installed;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  private Path work;

  /** Installs what was built, without the sources that would make the launcher build it again. */
  @BeforeAll
  static void install() throws IOException {
    if (OutcropProcess.jar().isEmpty()) {
      Script.skip("nothing is packaged");
    }
    Path jar = OutcropProcess.jar().orElseThrow();
    installed = Folders.makeForThisRun("installed-");
    Path target = Files.createDirectories(installed.resolve("proxy/target"));
    Files.copy(Script.MODULE.resolveSibling("outcrop"), installed.resolve("outcrop"));
    Files.copy(jar, target.resolve(jar.getFileName()));
    Files.createSymbolicLink(target.resolve("lib"), jar.resolveSibling("lib"));
  }

  @BeforeEach
  void makeWorkingFolder() throws IOException {
    work = Files.createDirectory(folder.resolve("work"));
  }

  @Test
  void version() throws Exception {
    Result result = Script.finish(outcrop("--version"), LIMIT);

    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out()).isEqualTo("outcrop " + Version.current() + '\n');
    assertThat(result.err()).isEmpty();
  }

  @Test
  void serve_noConfigurationAndNoNetwork() throws Exception {
    requireNetworkNamespaces();
    Path log = folder.resolve("log");
    // A network of its own has the ports that are the defaults free, and no way out.
    ProcessBuilder command = outcrop("serve");
    command
        .command()
        .addAll(
            0, List.of("unshare", "--net", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh"));
    Process process = command.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      await()
          .atMost(LIMIT)
          .failFast(() -> !process.isAlive())
          .until(() -> status(process, "http://127.0.0.1:5001/readyz").equals("200"));
      await().until(() -> Files.readString(log).contains("is ready after"));

      assertThat(status(process, "http://127.0.0.1:5000/v2/")).isEqualTo("200");
      String image = "http://127.0.0.1:5000/v2/library/debian/manifests/12";
      assertThat(status(process, image)).isEqualTo("503");
      assertThat(status(process, image)).isEqualTo("503");
      String error = curl(process, image).out();
      assertThat(JsonMapper.shared().readTree(error).at("/errors/0/code").asString())
          .isEqualTo("UNAVAILABLE");
      assertThat(work.resolve("outcrop-data")).isDirectory();
    } finally {
      process.destroy();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(Files.readString(log)).contains("stopping", "stopped").doesNotContain("ERROR");
  }

  @Test
  void serve_slipInTheConfiguration() throws Exception {
    Path config = work.resolve("outcrop.yaml");
    Files.writeString(config, "registry:\n  listne: 127.0.0.1:5000\n");

    Result result = Script.finish(outcrop("serve", "--config", "outcrop.yaml"), LIMIT);

    assertThat(result.exitCode()).isEqualTo(BAD_CONFIGURATION);
    assertThat(result.err().lines().toList())
        .singleElement()
        .asString()
        .startsWith("outcrop.yaml:2:3: ")
        .contains("'listne'")
        .contains("did you mean 'listen'?");
    assertThat(work.resolve("outcrop-data")).doesNotExist();
  }

  private ProcessBuilder outcrop(String... arguments) {
    List<String> command = new ArrayList<>(List.of(installed.resolve("outcrop").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(work.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("OUTCROP_"));
    builder.environment().put("OUTCROP_JAVA_HOME", System.getProperty("java.home"));
    return builder;
  }

  private static void requireNetworkNamespaces() throws IOException, InterruptedException {
    Script.need("ip", "unshare", "nsenter", "curl");
    Result result =
        Script.finish(
            new ProcessBuilder("unshare", "--net", "ip", "link", "set", "lo", "up"), LIMIT);
    if (result.exitCode() != 0) {
      Script.skip("no network namespace can be made here: " + result.err().strip());
    }
  }

  private static String status(Process process, String url)
      throws IOException, InterruptedException {
    return curl(process, "-o", "/dev/null", "-w", "%{http_code}", url).out();
  }

  private static Result curl(Process process, String... arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "nsenter", "--target", Long.toString(process.pid()), "--net", "curl", "--silent"));
    command.addAll(List.of("--noproxy", "*", "--max-time", "5"));
    command.addAll(List.of(arguments));
    return Script.finish(new ProcessBuilder(command), LIMIT);
  }
}
