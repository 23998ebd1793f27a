package io.outcrop.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.outcrop.oci.Digest;
import io.outcrop.proxy.it.Images.Image;
import io.outcrop.proxy.it.Script.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Images carried by hand to a site without an uplink, with the programs that make and read them.
 */
final class TransferIT {

  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final long SIZE = 150_000_000;
  private static final List<Image> ALL =
      List.of(Images.BASE, Images.APP, Images.ZSTD, Images.MULTI);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  private Origin origin;
  private OutcropProcess near;

  /** Which of the two ends in the middle. */
  enum End {
    CLIENT,
    EDGE
  }

  @BeforeEach
  void start() throws Exception {
    origin = Origin.withImages(folder.resolve("origin"));
    near = OutcropProcess.start(folder.resolve("near"), origin);
  }

  @AfterEach
  void stop() throws Exception {
    try (Origin _ = origin;
        OutcropProcess _ = near) {
      // Closed also where only one of them came up.
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stick", "all.tar"})
  void carry_toASiteWithoutNetwork(String name) throws Exception {
    pullAll();
    Path layout = folder.resolve(name);
    run(near.verb("export", "--all", "--to", layout));
    List<Object> arguments =
        new ArrayList<>(
            List.of(
                OutcropProcess.launcher(folder.resolve("outcrop")),
                layout,
                folder.resolve("site")));
    for (Image image : ALL) {
      for (Client client : Client.values()) {
        arguments.addAll(
            List.of(
                client.name().toLowerCase(Locale.ROOT),
                image.namespace(),
                image.reference(),
                Images.get().digest(image)));
      }
    }

    String pulls = Script.run("offline-site.sh", arguments.toArray());

    assertThat(pulls.lines()).hasSize(ALL.size() * Client.values().length);
  }

  @Test
  void exportedLayouts_areReadByOthers() throws Exception {
    pullAll();
    Path stick = folder.resolve("stick");
    Path tar = folder.resolve("all.tar");
    run(near.verb("export", "--all", "--to", stick));
    run(near.verb("export", "--all", "--to", tar));
    List<Object> arguments = new ArrayList<>(List.of(stick, tar, folder));
    for (Image image : ALL) {
      String flavour =
          image.equals(Images.BASE) ? "docker" : image.equals(Images.APP) ? "gzip" : "oci";
      arguments.addAll(List.of(image, Images.get().digest(image), flavour));
    }

    assertThat(Script.run("read-layout.sh", arguments.toArray()).lines()).hasSize(ALL.size());
  }

  @Test
  void layoutsOfSkopeo_areImported() throws Exception {
    origin.kill();
    Path policy = folder.resolve("policy.json");
    Files.writeString(policy, "{\"default\":[{\"type\":\"insecureAcceptAnything\"}]}");
    Path multi = folder.resolve("multi");
    Path zstd = folder.resolve("zstd.tar");
    skopeo(policy, Images.source("org/multi"), "oci:" + multi + ":1");
    skopeo(policy, Images.source("org/zstd"), "oci-archive:" + zstd + ":1");

    assertThat(Script.finish(near.verb("import", multi), LIMIT).err()).contains("--as");
    run(near.verb("import", multi, "--as", Images.MULTI));
    // Through a pipe, of another order than ours.
    ProcessBuilder piped = near.verb("import", "-", "--as", Images.ZSTD);
    piped.command(shell("cat '" + zstd + "' | \"$@\"", piped.command()));
    run(piped);

    Client.SKOPEO.pull(near, Images.MULTI, folder, "--all");
    Client.CONTAINERD.pull(near, Images.ZSTD, folder);
  }

  @Test
  void exportIntoAPipe_isImportedAsItComes() throws Exception {
    pullAll();
    try (OutcropProcess far = far()) {
      ProcessBuilder export = near.verb("export", "--all", "--to", "-");
      ProcessBuilder bring = far.verb("import", "-", "--spool", "/nowhere", "--json");
      Path script = folder.resolve("export.sh");
      Files.writeString(
          script,
          "exec " + String.join(" ", export.command().stream().map(w -> "'" + w + "'").toList()));
      bring.command(shell("sh '" + script + "' | \"$@\"", bring.command()));

      JsonNode result = JsonMapper.shared().readTree(run(bring).out());

      assertThat(result.path("images").size()).isEqualTo(ALL.size() + 1);
      Client.SKOPEO.pull(far, Images.MULTI, folder, "--all");
      Client.PODMAN.pull(far, Images.BASE, folder);
      Digest app = Images.get().digest(Images.APP);
      JsonNode referrers = far.client().getJson(Images.APP.mirrored("referrers", app));
      assertThat(referrers.path("manifests").size()).isOne();
    }
  }

  @ParameterizedTest
  @EnumSource
  void import_goesOnAfterItWasKilled(End end) throws Exception {
    LargeImage image = exportLarge();
    Path tar = folder.resolve("large.tar");
    try (OutcropProcess far = far()) {
      Process cut = far.verb("import", tar).redirectErrorStream(true).start();
      String content = "/admin/v1/content/" + image.layer();
      await()
          .atMost(60, TimeUnit.SECONDS)
          .pollInterval(Duration.ofMillis(5))
          .until(() -> far.metric("outcrop_fills_running") == 1);
      switch (end) {
        case CLIENT -> cut.destroyForcibly().waitFor();
        case EDGE -> far.kill();
      }
      assertThat(cut.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(cut.exitValue()).isNotZero();
      if (end == End.EDGE) {
        far.start();
      }
      assertThat(far.client().get(LargeImage.NAME.mirrored("manifests", 1)).statusCode())
          .isEqualTo(503);

      run(far.verb("import", tar));

      assertThat(far.client().download(image.layerPath())).isEqualTo(image.layer());
      assertThat(far.admin().get(content + "/explanation").statusCode()).isEqualTo(200);
      assertThat(far.log()).doesNotContain("ERROR");
    }
  }

  @Test
  void export_goesOnAfterItWasKilled() throws Exception {
    LargeImage image = exportLarge();
    Path whole = folder.resolve("large.tar");
    for (String name : List.of("cut.tar", "cut")) {
      Path target = folder.resolve(name);
      Process cut = near.verb("export", LargeImage.NAME, "--to", target).start();
      Path growing =
          name.equals("cut")
              ? target.resolve(".incoming/sha256-" + image.layer().hex())
              : folder.resolve("cut.tar.partial");
      await()
          .atMost(60, TimeUnit.SECONDS)
          .pollInterval(Duration.ofMillis(2))
          .until(() -> Files.exists(growing) && Files.size(growing) > SIZE / 10);
      cut.destroyForcibly().waitFor();
      assertThat(growing).exists();

      run(near.verb("export", LargeImage.NAME, "--to", target, "--verify"));

      assertThat(growing).doesNotExist();
    }
    assertThat(folder.resolve("cut.tar")).hasSameBinaryContentAs(whole);
    assertThat(Files.size(folder.resolve("cut/blobs/sha256/" + image.layer().hex())))
        .isEqualTo(SIZE);
  }

  @Test
  void import_twoAtOnce() throws Exception {
    LargeImage image = exportLarge();
    Path tar = folder.resolve("large.tar");
    try (OutcropProcess far = far()) {
      List<Process> both =
          List.of(
              far.verb("import", tar).inheritIO().start(),
              far.verb("import", tar).inheritIO().start());
      for (Process each : both) {
        assertThat(each.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(each.exitValue()).isZero();
      }

      assertThat(far.client().download(image.layerPath())).isEqualTo(image.layer());
    }
  }

  /** A large image, held by the near edge and exported to {@code large.tar}. */
  private LargeImage exportLarge() throws Exception {
    origin.close();
    origin = Origin.empty(folder.resolve("large-origin"));
    near.close();
    near = OutcropProcess.start(folder.resolve("near-large"), origin);
    LargeImage image = LargeImage.push(origin, SIZE);
    near.client().get(LargeImage.NAME.mirrored("manifests", 1));
    near.client().download(image.layerPath());
    near.client().download(LargeImage.NAME.mirrored("blobs", image.config()));
    run(near.verb("export", LargeImage.NAME, "--to", folder.resolve("large.tar")));
    return image;
  }

  /** An edge whose upstream is down. */
  private OutcropProcess far() throws Exception {
    Origin down = Origin.empty(folder.resolve("down"));
    down.close();
    return OutcropProcess.start(folder.resolve("far"), down);
  }

  private void pullAll() throws Exception {
    for (Image image : ALL) {
      Client.SKOPEO.pull(near, image, folder, "--all");
    }
    Digest app = Images.get().digest(Images.APP);
    RegistryClient client = near.client();
    JsonNode sbom = client.getJson(Images.APP.mirrored("referrers", app)).path("manifests").path(0);
    JsonNode manifest =
        client.getJson(Images.APP.mirrored("manifests", sbom.path("digest").asString()));
    for (String pointer : List.of("/config/digest", "/layers/0/digest")) {
      client.download(Images.APP.mirrored("blobs", manifest.at(pointer).asString()));
    }
  }

  private static void skopeo(Path policy, String source, String target) throws Exception {
    Script.need("skopeo");
    run(
        new ProcessBuilder(
            "skopeo",
            "--policy",
            policy.toString(),
            "copy",
            "--quiet",
            "--all",
            "--preserve-digests",
            source,
            target));
  }

  private static List<String> shell(String script, List<String> arguments) {
    List<String> command = new ArrayList<>(Arrays.asList("sh", "-c", script, "sh"));
    command.addAll(arguments);
    return command;
  }

  private static Result run(ProcessBuilder command) throws IOException, InterruptedException {
    Result result = Script.finish(command, LIMIT);
    assertThat(result.exitCode()).as("%s: %s", command.command(), result.err()).isZero();
    return result;
  }
}
