package io.outcrop.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.outcrop.oci.Digest;
import io.outcrop.proxy.config.RefactorMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What was advertised is servable, whatever was evicted; and for those only who may have it. */
final class EdgeRebuildTest {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final String REPOSITORY = "library/app";
  private static final String TAG = "/v2/library/app/manifests/1";
  private static final String BLOBS = "/v2/library/app/blobs/";

  @TempDir Path folder;

  private TestRegistry origin;
  private TestImage image;
  private TestEdge edge;
  private HttpResponse<byte[]> answer;

  @BeforeEach
  void make() throws IOException {
    origin = new TestRegistry();
    image =
        new TestImage()
            .layer(TestImage.files("usr/lib/base", 4, 50_000, 1))
            .layer(TestImage.files("opt/app", 3, 70_000, 2));
    image.push(origin, REPOSITORY, "1");
    edge =
        TestEdge.in(folder)
            .refactor(RefactorMode.SERVE, LONG)
            .upstream("docker.io", origin.url())
            .start();
    answer = edge.get(TAG);
    assertThat(EdgeRefactorTest.digest(answer)).isNotEqualTo(image.digest());
  }

  @AfterEach
  void stop() throws IOException {
    edge.close();
    origin.close();
  }

  @Test
  void evicted_comesAgainToTheSameDigest() throws Exception {
    for (Digest blob : made()) {
      evict(blob);
    }
    origin.forgetRequests();

    assertServesAll();

    // The originals were here.
    assertThat(origin.count("GET", "/blobs/")).isZero();
    assertThat(edge.metric("outcrop_refactor_layers_total", "rebuilt")).isEqualTo(layers().size());
  }

  @Test
  void evicted_withItsOriginals_fetchesThemAgain() throws Exception {
    made().forEach(this::evict);
    image.layerDigests().forEach(this::evict);
    evict(Digest.sha256(image.config()));
    evict(image.digest());
    edge.restart();

    assertServesAll();

    for (Digest layer : image.layerDigests()) {
      assertThat(origin.count("GET", layer.toString())).isLessThanOrEqualTo(2);
    }
  }

  @Test
  void evicted_manyAskAtOnce_isRebuiltOnce() throws Exception {
    Digest layer = layers().getFirst();
    evict(layer);

    List<CompletableFuture<HttpResponse<byte[]>>> answers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      answers.add(edge.getLater(BLOBS + layer));
    }

    for (CompletableFuture<HttpResponse<byte[]>> one : answers) {
      assertThat(Digest.sha256(one.get().body())).isEqualTo(layer);
    }
    assertThat(edge.metric("outcrop_refactor_layers_total", "rebuilt")).isEqualTo(1);
  }

  @Test
  void evicted_rangeIsServed() throws Exception {
    Digest layer = layers().getFirst();
    byte[] whole = edge.get(BLOBS + layer).body();
    evict(layer);

    HttpResponse<byte[]> part = edge.get(BLOBS + layer, "Range", "bytes=1000-1999");

    assertThat(part.statusCode()).isEqualTo(206);
    assertThat(part.body()).isEqualTo(Arrays.copyOfRange(whole, 1000, 2000));
  }

  @Test
  void evicted_headTellsTheLengthWithoutMakingIt() throws Exception {
    Digest layer = layers().getFirst();
    long length = edge.get(BLOBS + layer).body().length;
    evict(layer);

    HttpResponse<byte[]> head = edge.head(BLOBS + layer);

    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.headers().firstValueAsLong("content-length")).hasValue(length);
    assertThat(edge.metric("outcrop_refactor_layers_total", "rebuilt")).isZero();
  }

  @Test
  void evicted_nothingFitsAnyMore_isServedWithoutBeingKept() throws Exception {
    made().forEach(this::evict);
    edge.close();
    edge =
        TestEdge.in(folder)
            .capacity(1 << 20)
            .refactor(RefactorMode.SERVE, LONG)
            .upstream("docker.io", origin.url())
            .start();
    assertServesAll();
  }

  @Test
  void evicted_upstreamDownAndOriginalsGone_isUnavailableUntilItIsUpAgain() throws Exception {
    made().forEach(this::evict);
    image.layerDigests().forEach(this::evict);
    origin.stop();

    // The documents have no need of anybody.
    assertThat(edge.get(TAG).body()).isEqualTo(answer.body());
    assertThat(edge.get(BLOBS + layers().getFirst()).statusCode()).isIn(502, 503, 504);

    origin.start();
    Digest first = layers().getFirst();
    await().atMost(LONG).until(() -> edge.get(BLOBS + first).statusCode() == 200);
    assertServesAll();
  }

  @Test
  void otherRepository_mayNotReadIt() throws Exception {
    for (Digest part : made()) {
      assertThat(edge.get("/v2/library/other/blobs/" + part).statusCode()).isEqualTo(404);
      assertThat(edge.get("/v2/library/other/manifests/" + part).statusCode()).isEqualTo(404);
      evict(part);
      assertThat(edge.get("/v2/library/other/blobs/" + part).statusCode()).isEqualTo(404);
    }
    assertThat(edge.metric("outcrop_refactor_layers_total", "rebuilt")).isZero();
  }

  @Test
  void otherRepository_withAManifestThatNamesWhatItMayNotRead_getsNothingOfIt() throws Exception {
    edge.close();
    origin.requireLogin(REPOSITORY, "library/thief");
    edge =
        TestEdge.in(folder.resolve("private"))
            .login("somebody", "secret")
            .refactor(RefactorMode.SERVE, LONG)
            .upstream("docker.io", origin.url())
            .start();
    answer = edge.get(TAG);
    assertThat(EdgeRefactorTest.digest(answer)).isNotEqualTo(image.digest());
    // As a thief would make it: the manifest is in the repository, the layers are not.
    origin.manifest("library/thief", "1", image.manifest(), image.type());

    HttpResponse<byte[]> given = edge.get("/v2/library/thief/manifests/1");

    assertThat(EdgeRefactorTest.digest(given)).isEqualTo(image.digest());
    assertThat(edge.get("/v2/library/thief/manifests/1-refactored").statusCode()).isEqualTo(404);
    for (Digest part : made()) {
      assertThat(edge.get("/v2/library/thief/blobs/" + part).statusCode()).isEqualTo(404);
      assertThat(edge.get("/v2/library/thief/manifests/" + part).statusCode()).isEqualTo(404);
    }
    assertServesAll();
  }

  @Test
  void otherRepository_withTheSameImage_sharesWhatWasMade() throws Exception {
    image.push(origin, "library/copy", "1");
    origin.forgetRequests();

    HttpResponse<byte[]> given = edge.get("/v2/library/copy/manifests/1");

    assertThat(given.body()).isEqualTo(answer.body());
    for (Digest layer : layers()) {
      assertThat(Digest.sha256(edge.get("/v2/library/copy/blobs/" + layer).body()))
          .isEqualTo(layer);
    }
    assertThat(origin.count("GET", "/blobs/")).isZero();
    assertThat(edge.metric("outcrop_refactor_layers_total", "built")).isEqualTo(layers().size());
  }

  private void assertServesAll() throws IOException {
    assertThat(edge.get(TAG).body()).isEqualTo(answer.body());
    for (Digest blob : blobs()) {
      HttpResponse<byte[]> response = edge.get(BLOBS + blob);
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(Digest.sha256(response.body())).isEqualTo(blob);
    }
  }

  private List<Digest> layers() {
    List<Digest> layers = new ArrayList<>();
    for (JsonNode layer : EdgeRefactorTest.json(answer).path("layers")) {
      layers.add(Digest.parse(layer.path("digest").asString()));
    }
    return layers;
  }

  private List<Digest> blobs() {
    List<Digest> blobs = new ArrayList<>(layers());
    blobs.add(Digest.parse(EdgeRefactorTest.json(answer).at("/config/digest").asString()));
    return blobs;
  }

  private List<Digest> made() {
    List<Digest> made = new ArrayList<>(blobs());
    made.add(EdgeRefactorTest.digest(answer));
    return made;
  }

  private void evict(Digest content) {
    try {
      HttpResponse<byte[]> response =
          edge.send(
              HttpRequest.newBuilder(URI.create(edge.adminUrl() + "/admin/v1/content/" + content))
                  .DELETE()
                  .build());
      assertThat(response.statusCode()).isIn(200, 404);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
