package io.outcrop.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.oci.Digest;
import io.outcrop.proxy.it.Images.Image;
import io.outcrop.proxy.it.Origin.Access;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** Container runtimes pull through Outcrop what they would get from the origin. */
final class PullIT {

  private static final List<Image> ALL =
      List.of(Images.BASE, Images.APP, Images.ZSTD, Images.MULTI);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  private Origin origin;
  private OutcropProcess outcrop;

  @BeforeEach
  void start() throws Exception {
    origin = Origin.withImages(folder.resolve("origin"));
    outcrop = OutcropProcess.start(folder.resolve("outcrop"), origin);
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
  void pull_coldThenWarm(Client client) throws Exception {
    Set<Digest> amd64 = new HashSet<>();
    for (Image image : ALL) {
      amd64.addAll(blobs(image, "amd64"));
    }
    Set<Digest> foreign = blobs(Images.MULTI, "arm64");
    origin.forgetAccesses();

    pullAll(client);

    Map<Digest, Long> downloads = origin.downloads();
    assertThat(downloads.values()).as("times each blob was sent").containsOnly(1L);
    assertThat(downloads.keySet()).isEqualTo(amd64).doesNotContainAnyElementsOf(foreign);

    origin.forgetAccesses();

    pullAll(client);

    assertThat(origin.accesses()).noneMatch(Access::isBlob);
  }

  @Test
  void pull_everyPlatform() throws Exception {
    Set<Digest> blobs = blobs(Images.MULTI, "amd64");
    blobs.addAll(blobs(Images.MULTI, "arm64"));
    origin.forgetAccesses();

    Client.SKOPEO.pull(outcrop, Images.MULTI, folder, "--all");

    assertThat(origin.downloads().keySet()).isEqualTo(blobs);
    assertThat(origin.downloads().values()).containsOnly(1L);
  }

  @ParameterizedTest
  @EnumSource
  void pull_foreignPlatform(Client client) throws Exception {
    Set<Digest> foreign = blobs(Images.MULTI, "arm64");
    origin.forgetAccesses();

    client.pull(outcrop, Images.MULTI, folder, "--platform", "linux/arm64");

    assertThat(origin.downloads().keySet()).isEqualTo(foreign);
  }

  @Test
  void run_pulledImages() throws Exception {
    Client.CONTAINERD.pull(
        outcrop, Images.BASE, folder, "--run", "dpkg --version", "--expect", "Debian");
    Client.CONTAINERD.pull(
        outcrop,
        Images.APP,
        folder,
        "--run",
        "cat /opt/app/greeting; ls /opt/app/old.txt || echo gone",
        "--expect",
        "gone");
    Client.CONTAINERD.pull(
        outcrop, Images.ZSTD, folder, "--run", "cat /fixture", "--expect", "zstd");
    Client.CONTAINERD.pull(
        outcrop, Images.MULTI, folder, "--run", "cat /fixture", "--expect", "linux/amd64");
  }

  @Test
  void referrers_originHasOnlyTheFallbackTag() throws Exception {
    Digest app = Images.get().digest(Images.APP);
    assertThat(origin.client().get(Images.APP.path("referrers", app)).statusCode()).isEqualTo(404);
    RegistryClient client = outcrop.client();

    JsonNode index = client.getJson(Images.APP.mirrored("referrers", app));

    assertThat(index.path("manifests").size()).isOne();
    JsonNode sbom = index.path("manifests").path(0);
    assertThat(sbom.path("artifactType").asString()).isEqualTo("application/vnd.example.sbom.v1");
    String path = Images.APP.mirrored("manifests", sbom.path("digest").asString());
    assertThat(Digest.sha256(client.get(path).body())).hasToString(sbom.path("digest").asString());
    Digest layer = Digest.parse(client.getJson(path).at("/layers/0/digest").asString());
    assertThat(client.download(Images.APP.mirrored("blobs", layer))).isEqualTo(layer);
  }

  private void pullAll(Client client) throws Exception {
    for (Image image : ALL) {
      client.pull(outcrop, image, folder);
    }
  }

  /** The blobs of an image, of one platform if it has several. */
  private Set<Digest> blobs(Image image, String architecture) throws Exception {
    JsonNode manifest = origin.client().getJson(image.path("manifests", image.tag()));
    for (JsonNode child : manifest.path("manifests")) {
      if (child.at("/platform/architecture").asString().equals(architecture)) {
        manifest =
            origin.client().getJson(image.path("manifests", child.path("digest").asString()));
        break;
      }
    }
    List<JsonNode> descriptors = new ArrayList<>(List.of(manifest.path("config")));
    manifest.path("layers").forEach(descriptors::add);
    Set<Digest> blobs = new HashSet<>();
    descriptors.forEach(blob -> blobs.add(Digest.parse(blob.path("digest").asString())));
    return blobs;
  }
}
