package io.outcrop.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.oci.Digest;
import io.outcrop.proxy.it.Images.Image;
import io.outcrop.proxy.it.OutcropProcess.Settings;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** Container runtimes get the same root file systems from refactored images. */
final class RefactorIT {

  private static final int KILLS = 6;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  private Origin origin;
  private OutcropProcess outcrop;

  @BeforeEach
  void start() throws Exception {
    origin = Origin.withImages(folder.resolve("origin"));
    outcrop =
        OutcropProcess.start(
            folder.resolve("outcrop"),
            Settings.of(origin).withUpstreams("refactor: serve").withRefactor("maxWait: 3m"));
  }

  @AfterEach
  void stop() throws Exception {
    try (Origin _ = origin;
        OutcropProcess _ = outcrop) {
      // Closed also where only one of them came up.
    }
  }

  @ParameterizedTest
  @EnumSource
  void pull_refactored(Client client) throws Exception {
    for (Image image : new Image[] {Images.BASE, Images.APP}) {
      Digest made = made(image);
      assertThat(made).isNotEqualTo(Images.get().digest(image));
      client.pullAs(outcrop, image, made, folder);
    }
    client.pullAs(outcrop, Images.MULTI, made(Images.MULTI), folder);
    client.pullByDigest(outcrop, Images.APP, folder);
  }

  @Test
  void rootFileSystem_isTheSameInPodman() throws Exception {
    for (Image image : new Image[] {Images.BASE, Images.APP, Images.ZSTD}) {
      Path original = folder.resolve("original.txt");
      Path refactored = folder.resolve("refactored.txt");

      Client.PODMAN.pullByDigest(outcrop, image, folder, "--list", original);
      Client.PODMAN.pullAs(outcrop, image, made(image), folder, "--list", refactored);

      assertThat(Files.readAllLines(original)).as(image.toString()).isNotEmpty();
      assertThat(Files.mismatch(original, refactored)).as(image.toString()).isEqualTo(-1);
    }
  }

  @Test
  void run_refactored() throws Exception {
    Client.CONTAINERD.pullAs(
        outcrop,
        Images.BASE,
        made(Images.BASE),
        folder,
        "--run",
        "dpkg --verify && dpkg --version",
        "--expect",
        "Debian");
    Client.CONTAINERD.pullAs(
        outcrop,
        Images.APP,
        made(Images.APP),
        folder,
        "--run",
        "cat /opt/app/greeting; ls /opt/app/old.txt || echo gone",
        "--expect",
        "gone");
  }

  @Test
  void killedWhileItRefactors_servesAtTheNextStart() throws Exception {
    long seed = Long.getLong("outcrop.test.seed", ThreadLocalRandom.current().nextLong());
    System.out.println("outcrop.test.seed=" + seed);
    Random random = new Random(seed);
    String tag = Images.APP.mirrored("manifests", Images.APP.tag());
    for (int i = 0; i < KILLS; i++) {
      Thread asking =
          Thread.startVirtualThread(() -> {
            try {
              var _ = outcrop.client().get(tag);
            } catch (Exception e) {
              // It was killed.
            }
          });
      asking.join(random.nextInt(2_500));
      outcrop.kill();
      outcrop.start();
    }

    Digest given = made(Images.APP);

    // Nobody got an answer, or somebody got the refactored one; never was it the original.
    assertThat(given).isNotEqualTo(Images.get().digest(Images.APP));
    Client.SKOPEO.pullAs(outcrop, Images.APP, given, folder);
    JsonNode manifest = outcrop.client().getJson(tag);
    for (JsonNode layer : manifest.path("layers")) {
      Digest digest = Digest.parse(layer.path("digest").asString());
      assertThat(outcrop.client().download(Images.APP.mirrored("blobs", digest))).isEqualTo(digest);
    }
  }

  /** What a tag is answered with. */
  private Digest made(Image image) throws Exception {
    HttpResponse<byte[]> answer = outcrop.client().get(image.mirrored("manifests", image.tag()));
    assertThat(answer.statusCode()).isEqualTo(200);
    return Digest.sha256(answer.body());
  }
}
