package io.outcrop.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.proxy.config.RefactorMode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What clients of an edge get that refactors images. */
final class EdgeRefactorTest {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final String REPOSITORY = "library/app";
  private static final String TAG = "/v2/library/app/manifests/1";
  private static final String MADE = "/v2/library/app/manifests/1-refactored";

  @TempDir Path folder;

  private TestRegistry origin;
  private TestImage image;

  @BeforeEach
  void push() throws IOException {
    origin = new TestRegistry();
    image =
        new TestImage()
            .layer(TestImage.files("usr/lib/base", 4, 50_000, 1))
            .layer(TestImage.files("opt/app", 3, 70_000, 2));
    image.push(origin, REPOSITORY, "1");
  }

  @AfterEach
  void stop() throws IOException {
    origin.close();
  }

  @Test
  void serve_tagAnswersWithTheSameRootFileSystemInOtherLayers() throws Exception {
    try (TestEdge edge = edge(RefactorMode.SERVE, LONG)) {
      HttpResponse<byte[]> answer = edge.get(TAG);

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(digest(answer)).isNotEqualTo(image.digest());
      assertThat(digest(answer)).isEqualTo(Digest.sha256(answer.body()));
      assertThat(answer.headers().firstValue("content-type"))
          .contains(MediaType.OCI_MANIFEST.value());
      JsonNode manifest = json(answer);
      assertThat(manifest.at("/subject/digest").asString()).isEqualTo(image.digest().toString());
      assertThat(manifest.path("layers").size()).isGreaterThan(2);
      assertThat(unpacked(edge, REPOSITORY, manifest)).isEqualTo(original());
      // What a client does after HEAD by tag.
      HttpResponse<byte[]> again = edge.get("/v2/library/app/manifests/" + digest(answer));
      assertThat(again.body()).isEqualTo(answer.body());
      assertThat(digest(edge.head(TAG))).isEqualTo(digest(answer));
    }
  }

  private TestEdge edge(RefactorMode mode, Duration maxWait) throws IOException {
    return TestEdge.in(folder).refactor(mode, maxWait).upstream("docker.io", origin.url()).start();
  }

  private Map<String, Digest> original() throws IOException {
    List<byte[]> layers = new ArrayList<>();
    try (TestEdge edge =
        TestEdge.in(folder.resolve("plain")).upstream("docker.io", origin.url()).start()) {
      for (Digest layer : image.layerDigests()) {
        layers.add(edge.get("/v2/library/app/blobs/" + layer).body());
      }
    }
    return TestImage.unpack(layers);
  }

  private static Map<String, Digest> unpacked(TestEdge edge, String repository, JsonNode manifest)
      throws IOException {
    List<byte[]> layers = new ArrayList<>();
    for (JsonNode layer : manifest.path("layers")) {
      HttpResponse<byte[]> blob =
          edge.get("/v2/" + repository + "/blobs/" + layer.path("digest").asString());
      assertThat(blob.statusCode()).isEqualTo(200);
      assertThat(Digest.sha256(blob.body())).hasToString(layer.path("digest").asString());
      layers.add(blob.body());
    }
    String config = manifest.at("/config/digest").asString();
    HttpResponse<byte[]> configuration = edge.get("/v2/" + repository + "/blobs/" + config);
    assertThat(Digest.sha256(configuration.body())).hasToString(config);
    return TestImage.unpack(layers);
  }

  static Digest digest(HttpResponse<byte[]> response) {
    return Digest.parse(response.headers().firstValue("docker-content-digest").orElseThrow());
  }

  static JsonNode json(HttpResponse<byte[]> response) {
    return JsonMapper.shared().readTree(new String(response.body(), UTF_8));
  }
}
