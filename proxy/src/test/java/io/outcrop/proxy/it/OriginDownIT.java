package io.outcrop.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.outcrop.oci.Digest;
import io.outcrop.proxy.it.Images.Image;
import io.outcrop.proxy.it.OutcropProcess.Settings;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** What is held is served, and what is not is refused at once, while the origin is down. */
final class OriginDownIT {

  private static final Duration AT_ONCE = Duration.ofSeconds(2);
  private static final int RECOVERY_SECONDS = 15;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  private Origin origin;
  private OutcropProcess outcrop;

  @BeforeEach
  void start() throws Exception {
    origin = Origin.withImages(folder.resolve("origin"));
    // No tag may be answered without asking for it, which is what fails.
    outcrop =
        OutcropProcess.start(
            folder.resolve("outcrop"),
            Settings.of(origin).withUpstreams("tagFreshness: 0s", "staleWhileRevalidate: 0s"));
  }

  @AfterEach
  void stop() throws Exception {
    try (Origin _ = origin;
        OutcropProcess _ = outcrop) {
      // Closed also where only one of them came up.
    }
  }

  @Test
  void pull_held() throws Exception {
    Client.SKOPEO.pull(outcrop, Images.APP, folder);
    origin.kill();

    pullByTagAndDigest(Client.SKOPEO);
    pullByTagAndDigest(Client.CONTAINERD);
    outcrop.terminate();
    outcrop.start();
    pullByTagAndDigest(Client.SKOPEO);
    outcrop.kill();
    outcrop.start();
    pullByTagAndDigest(Client.SKOPEO);
    pullByTagAndDigest(Client.PODMAN);

    HttpResponse<byte[]> stale =
        outcrop.client().get(Images.APP.mirrored("manifests", Images.APP.tag()));
    assertThat(stale.headers().firstValue("Warning"))
        .hasValueSatisfying(
            warning -> assertThat(warning).startsWith("299 ").contains("last confirmed"));
  }

  @Test
  void pull_notHeld() throws Exception {
    // Of the index only one platform comes: the other is not held although its tag is.
    Client.SKOPEO.pull(outcrop, Images.MULTI, folder);
    String byTag = Images.ZSTD.mirrored("manifests", Images.ZSTD.tag());
    String byDigest = Images.ZSTD.mirrored("manifests", Images.get().digest(Images.ZSTD));
    String blob = Images.ZSTD.mirrored("blobs", firstLayer(Images.ZSTD));
    origin.kill();

    for (int i = 0; i < 2; i++) {
      assertRefusedAtOnce(byTag);
      assertRefusedAtOnce(byDigest);
      assertRefusedAtOnce(blob);
      assertRefusedAtOnce(Images.MULTI.mirrored("manifests", foreignManifest()));
    }

    origin.start();
    await()
        .atMost(RECOVERY_SECONDS, TimeUnit.SECONDS)
        .untilAsserted(() -> assertThat(outcrop.client().get(byTag).statusCode()).isEqualTo(200));
    Client.SKOPEO.pull(outcrop, Images.ZSTD, folder);
    Client.SKOPEO.pull(outcrop, Images.MULTI, folder, "--all");
  }

  private void pullByTagAndDigest(Client client) throws Exception {
    client.pull(outcrop, Images.APP, folder);
    client.pullByDigest(outcrop, Images.APP, folder);
  }

  private void assertRefusedAtOnce(String path) throws Exception {
    long start = System.nanoTime();
    HttpResponse<byte[]> response = outcrop.client().get(path);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).as(path).isLessThan(AT_ONCE);
    assertThat(response.statusCode()).as(path).isEqualTo(503);
    assertThat(RegistryClient.json(response).at("/errors/0/code").asString())
        .isEqualTo("UNAVAILABLE");
  }

  private Digest firstLayer(Image image) throws Exception {
    return Digest.parse(
        origin
            .client()
            .getJson(image.path("manifests", image.tag()))
            .at("/layers/0/digest")
            .asString());
  }

  private Digest foreignManifest() throws Exception {
    return Digest.parse(
        outcrop
            .client()
            .getJson(Images.MULTI.mirrored("manifests", Images.get().digest(Images.MULTI)))
            .at("/manifests/1/digest")
            .asString());
  }
}
