package io.outcrop.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.proxy.config.RefactorMode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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

  @Test
  void serve_answeredOnce_isAnsweredTheSameForGood() throws Exception {
    Digest given;
    try (TestEdge edge = edge(RefactorMode.SERVE, LONG)) {
      given = digest(edge.get(TAG));
      assertThat(given).isNotEqualTo(image.digest());
      edge.restart();
      assertThat(digest(edge.head(TAG))).isEqualTo(given);
    }
    // Another way of making images changes nothing about what was answered.
    try (TestEdge edge = edge(RefactorMode.SERVE, Duration.ZERO)) {
      assertThat(digest(edge.get(TAG))).isEqualTo(given);
    }
  }

  @Test
  void serve_withoutWaiting_answersWithTheOriginalForGood() throws Exception {
    try (TestEdge edge = edge(RefactorMode.SERVE, Duration.ZERO)) {
      assertThat(digest(edge.get(TAG))).isEqualTo(image.digest());

      Digest made = awaitMade(edge);
      assertThat(made).isNotEqualTo(image.digest());
      assertThat(digest(edge.get(TAG))).isEqualTo(image.digest());
      edge.restart();
      assertThat(digest(edge.get(TAG))).isEqualTo(image.digest());
      assertThat(digest(edge.get(MADE))).isEqualTo(made);
    }
    try (TestEdge edge = edge(RefactorMode.SERVE, LONG)) {
      assertThat(digest(edge.get(TAG))).isEqualTo(image.digest());
    }
  }

  @Test
  void serve_madeBeforeAnybodyAsked_isAnswered() throws Exception {
    try (TestEdge edge = edge(RefactorMode.SERVE, Duration.ZERO)) {
      assertThat(digest(edge.get(TAG))).isEqualTo(image.digest());
      Digest made = awaitMade(edge);
      image.push(origin, REPOSITORY, "other");

      assertThat(digest(edge.get("/v2/library/app/manifests/other"))).isEqualTo(made);
    }
  }

  @Test
  void serve_notDoneInTime_answersEverybodyWithTheOriginal() throws Exception {
    origin.fault((request, reply) -> request.is("GET", "/blobs/") && reply.send(503, "busy"));
    try (TestEdge edge = edge(RefactorMode.SERVE, Duration.ofMillis(300))) {
      List<CompletableFuture<HttpResponse<byte[]>>> answers = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        answers.add(edge.getLater(TAG));
      }
      for (CompletableFuture<HttpResponse<byte[]>> answer : answers) {
        assertThat(digest(answer.get())).isEqualTo(image.digest());
      }
      origin.heal();
      assertThat(digest(edge.get(TAG))).isEqualTo(image.digest());
    }
  }

  @Test
  void serve_manyAskAtOnce_allGetTheSame() throws Exception {
    try (TestEdge edge = edge(RefactorMode.SERVE, LONG)) {
      List<CompletableFuture<HttpResponse<byte[]>>> answers = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        answers.add(edge.getLater(TAG));
      }
      Set<Digest> given = new HashSet<>();
      for (CompletableFuture<HttpResponse<byte[]>> answer : answers) {
        given.add(digest(answer.get()));
      }
      assertThat(given).hasSize(1).doesNotContain(image.digest());
      assertThat(edge.metric("outcrop_refactor_images_total")).isEqualTo(1);
      for (Digest layer : image.layerDigests()) {
        assertThat(origin.count("GET", layer.toString())).isOne();
      }
    }
  }

  @Test
  void digests_alwaysAnswerTheOriginal() throws Exception {
    try (TestEdge edge = edge(RefactorMode.SERVE, LONG)) {
      assertThat(digest(edge.get(TAG))).isNotEqualTo(image.digest());

      HttpResponse<byte[]> original = edge.get("/v2/library/app/manifests/" + image.digest());
      assertThat(original.body()).isEqualTo(image.manifest());
      for (Digest layer : image.layerDigests()) {
        assertThat(Digest.sha256(edge.get("/v2/library/app/blobs/" + layer).body()))
            .isEqualTo(layer);
      }
    }
  }

  @Test
  void serve_tagMoves_isDecidedAnew() throws Exception {
    try (TestEdge edge =
        TestEdge.in(folder)
            .tags(TestEdge.NEVER_FRESH)
            .refactor(RefactorMode.SERVE, LONG)
            .upstream("docker.io", origin.url())
            .start()) {
      Digest first = digest(edge.get(TAG));
      TestImage next =
          new TestImage()
              .layer(TestImage.files("usr/lib/base", 4, 50_000, 1))
              .layer(TestImage.files("opt/app", 3, 70_000, 3));
      next.push(origin, REPOSITORY, "1");

      HttpResponse<byte[]> second = edge.get(TAG);

      assertThat(digest(second)).isNotEqualTo(first).isNotEqualTo(next.digest());
      assertThat(json(second).at("/subject/digest").asString()).isEqualTo(next.digest().toString());
      // What both have in common is one layer.
      assertThat(edge.metric("outcrop_refactor_layers_total", "reused")).isPositive();
      image.push(origin, REPOSITORY, "1");
      assertThat(digest(edge.get(TAG))).isEqualTo(first);
    }
  }

  @Test
  void serve_upstreamDown_goesOnAnswering() throws Exception {
    try (TestEdge edge =
        TestEdge.in(folder)
            .tags(TestEdge.NEVER_FRESH)
            .refactor(RefactorMode.SERVE, LONG)
            .upstream("docker.io", origin.url())
            .start()) {
      HttpResponse<byte[]> before = edge.get(TAG);
      origin.stop();
      edge.restart();

      HttpResponse<byte[]> after = edge.get(TAG);

      assertThat(after.body()).isEqualTo(before.body());
      assertThat(after.headers().firstValue("warning")).isPresent();
      assertThat(unpacked(edge, REPOSITORY, json(after))).isNotEmpty();
    }
  }

  @Test
  void available_isReachableBesideTheOriginal() throws Exception {
    try (TestEdge edge = edge(RefactorMode.AVAILABLE, Duration.ZERO)) {
      assertThat(digest(edge.get(TAG))).isEqualTo(image.digest());
      Digest made = awaitMade(edge);

      HttpResponse<byte[]> answer = edge.get(MADE);
      assertThat(unpacked(edge, REPOSITORY, json(answer))).isEqualTo(original());
      assertThat(digest(edge.get(TAG))).isEqualTo(image.digest());
      JsonNode referrers =
          json(edge.get("/v2/library/app/referrers/" + image.digest())).path("manifests");
      assertThat(referrers.size()).isOne();
      JsonNode listed = referrers.path(0);
      assertThat(listed.path("digest").asString()).isEqualTo(made.toString());
      assertThat(listed.path("size").asInt()).isEqualTo(answer.body().length);
      assertThat(listed.path("artifactType").asString())
          .isEqualTo("application/vnd.oci.image.config.v1+json");
      assertThat(listed.at("/annotations/io.outcrop.refactor.source").asString())
          .isEqualTo(image.digest().toString());
    }
  }

  @Test
  void referrers_areMergedWithThoseOfTheUpstream() throws Exception {
    origin.referrers(
        REPOSITORY,
        image.digest(),
        """
        {"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[
        {"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"%s","size":7,
        "artifactType":"application/vnd.example.signature"}]}\
        """
            .formatted(Digest.sha256(new byte[1]))
            .getBytes(UTF_8));
    try (TestEdge edge = edge(RefactorMode.AVAILABLE, LONG)) {
      Digest made = digest(edge.get(MADE));

      String path = "/v2/library/app/referrers/" + image.digest();
      assertThat(json(edge.get(path)).path("manifests").size()).isEqualTo(2);
      JsonNode images =
          json(edge.get(path + "?artifactType=application/vnd.oci.image.config.v1%2Bjson"))
              .path("manifests");
      assertThat(images.size()).isOne();
      assertThat(images.path(0).path("digest").asString()).isEqualTo(made.toString());
      JsonNode signatures =
          json(edge.get(path + "?artifactType=application/vnd.example.signature"))
              .path("manifests");
      assertThat(signatures.size()).isOne();
    }
  }

  @Test
  void off_changesNothing() throws Exception {
    try (TestEdge edge = edge(RefactorMode.OFF, LONG)) {
      assertThat(digest(edge.get(TAG))).isEqualTo(image.digest());
      assertThat(edge.get(MADE).statusCode()).isEqualTo(404);
      assertThat(edge.metric("outcrop_refactor_images_total")).isZero();
    }
  }

  @Test
  void off_afterItWasOn_servesWhatNodesMayHaveByDigest() throws Exception {
    HttpResponse<byte[]> made;
    try (TestEdge edge = edge(RefactorMode.SERVE, LONG)) {
      made = edge.get(TAG);
    }
    try (TestEdge edge = edge(RefactorMode.OFF, LONG)) {
      assertThat(digest(edge.get(TAG))).isEqualTo(image.digest());
      assertThat(edge.get("/v2/library/app/manifests/" + digest(made)).body())
          .isEqualTo(made.body());
      assertThat(unpacked(edge, REPOSITORY, json(made))).isEqualTo(original());
    }
  }

  @Test
  void suffix_upstreamHasSuchATag_isItsOwnWhereNothingWasMade() throws Exception {
    TestImage other = new TestImage().layer(TestImage.files("srv", 1, 90_000, 9));
    other.push(origin, REPOSITORY, "2-refactored");
    try (TestEdge edge = edge(RefactorMode.AVAILABLE, LONG)) {
      assertThat(digest(edge.get("/v2/library/app/manifests/2-refactored")))
          .isEqualTo(other.digest());
    }
  }

  @Test
  void docker_staysDocker() throws Exception {
    TestImage docker = new TestImage().docker().layer(TestImage.files("opt/app", 3, 70_000, 2));
    docker.push(origin, "library/docker", "1");
    try (TestEdge edge = edge(RefactorMode.SERVE, LONG)) {
      HttpResponse<byte[]> answer = edge.get("/v2/library/docker/manifests/1");

      assertThat(digest(answer)).isNotEqualTo(docker.digest());
      assertThat(answer.headers().firstValue("content-type"))
          .contains(MediaType.DOCKER_MANIFEST.value());
      JsonNode manifest = json(answer);
      assertThat(manifest.path("layers"))
          .allMatch(layer ->
              layer
                  .path("mediaType")
                  .asString()
                  .equals("application/vnd.docker.image.rootfs.diff.tar.gzip"));
      assertThat(manifest.has("subject")).isFalse();
      assertThat(unpacked(edge, "library/docker", manifest)).hasSize(3);
    }
  }

  @Test
  void index_replacesTheImagesOfItsPlatformsOnly() throws Exception {
    TestImage arm = new TestImage().layer(TestImage.files("opt/arm", 3, 70_000, 5));
    arm.push(origin, REPOSITORY, "arm");
    Map<String, TestImage> platforms = new LinkedHashMap<>();
    platforms.put("linux/amd64", image);
    platforms.put("linux/arm64", arm);
    byte[] index = TestImage.index(platforms, Digest.sha256(new byte[3]));
    Digest original = origin.manifest(REPOSITORY, "multi", index, MediaType.OCI_INDEX);
    origin.forgetRequests();
    try (TestEdge edge = edge(RefactorMode.SERVE, LONG)) {
      HttpResponse<byte[]> answer = edge.get("/v2/library/app/manifests/multi");

      assertThat(digest(answer)).isNotEqualTo(original);
      assertThat(answer.headers().firstValue("content-type")).contains(MediaType.OCI_INDEX.value());
      JsonNode before = JsonMapper.shared().readTree(new String(index, UTF_8)).path("manifests");
      JsonNode after = json(answer).path("manifests");
      assertThat(after.size()).isEqualTo(3);
      assertThat(after.path(0).path("platform")).isEqualTo(before.path(0).path("platform"));
      String made = after.path(0).path("digest").asString();
      assertThat(made).isNotEqualTo(image.digest().toString());
      assertThat(after.path(1)).isEqualTo(before.path(1));
      assertThat(after.path(2)).isEqualTo(before.path(2));
      JsonNode manifest = json(edge.get("/v2/library/app/manifests/" + made));
      assertThat(unpacked(edge, REPOSITORY, manifest)).isEqualTo(original());
      assertThat(edge.get("/v2/library/app/manifests/" + original).body()).isEqualTo(index);
      // Nobody asked for the other platform.
      assertThat(origin.count("GET", arm.digest().toString())).isZero();
      assertThat(origin.count("GET", arm.layerDigests().getFirst().toString())).isZero();
      for (Digest subject : List.of(original, image.digest())) {
        assertThat(json(edge.get("/v2/library/app/referrers/" + subject)).path("manifests").size())
            .isOne();
      }
    }
  }

  @Test
  void refused_isServedAsItIs() throws Exception {
    TestImage lying = new TestImage().lyingLayer(TestImage.files("opt", 1, 90_000, 4));
    lying.push(origin, "library/lying", "1");
    try (TestEdge edge = edge(RefactorMode.SERVE, LONG)) {
      HttpResponse<byte[]> answer = edge.get("/v2/library/lying/manifests/1");

      assertThat(answer.body()).isEqualTo(lying.manifest());
      assertThat(edge.metric("outcrop_refactor_images_total", "refused")).isEqualTo(1);
      assertThat(edge.get("/v2/library/lying/manifests/1-refactored").statusCode()).isEqualTo(404);
      edge.restart();
      assertThat(edge.get("/v2/library/lying/manifests/1").body()).isEqualTo(lying.manifest());
      // It is known, and not tried again.
      assertThat(edge.metric("outcrop_refactor_scanned_bytes_total")).isZero();
    }
  }

  @Test
  void artifact_isNotFetchedToFindThatOut() throws Exception {
    byte[] model = new byte[200_000];
    Digest blob = origin.blob(REPOSITORY, model);
    Digest config = origin.blob(REPOSITORY, "{}".getBytes(UTF_8));
    byte[] manifest =
        """
        {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
        "config":{"mediaType":"application/vnd.example.model","digest":"%s","size":2},
        "layers":[{"mediaType":"application/octet-stream","digest":"%s","size":200000}]}\
        """
            .formatted(config, blob)
            .getBytes(UTF_8);
    origin.manifest(REPOSITORY, "model", manifest);
    try (TestEdge edge = edge(RefactorMode.SERVE, LONG)) {
      assertThat(edge.get("/v2/library/app/manifests/model").body()).isEqualTo(manifest);
      assertThat(origin.count("GET", blob.toString())).isZero();
    }
  }

  @Test
  void refactoredBefore_isNotRefactoredAgain() throws Exception {
    try (TestEdge parent = edge(RefactorMode.SERVE, LONG);
        TestEdge site =
            TestEdge.in(folder.resolve("site"))
                .refactor(RefactorMode.SERVE, LONG)
                .upstream("docker.io", "http://127.0.0.1:" + parent.port())
                .start()) {
      Digest made = digest(parent.get(TAG));

      HttpResponse<byte[]> answer = site.get(TAG);

      assertThat(digest(answer)).isEqualTo(made);
      assertThat(unpacked(site, REPOSITORY, json(answer))).isEqualTo(original());

      TestImage docker = new TestImage().docker().layer(TestImage.files("opt/app", 3, 70_000, 2));
      docker.push(origin, "library/docker", "1");
      String path = "/v2/library/docker/manifests/1";
      assertThat(digest(site.get(path))).isEqualTo(digest(parent.get(path)));
      assertThat(site.metric("outcrop_refactor_images_total", "refused")).isEqualTo(2);
    }
  }

  @Test
  void twoEdges_makeTheSame() throws Exception {
    TestImage before = new TestImage().layer(TestImage.files("usr/lib/base", 4, 50_000, 1));
    before.push(origin, "library/before", "1");
    byte[] one;
    try (TestEdge edge = edge(RefactorMode.SERVE, LONG)) {
      one = edge.get(TAG).body();
    }
    try (TestEdge edge =
        TestEdge.in(folder.resolve("two"))
            .refactor(RefactorMode.SERVE, LONG)
            .upstream("docker.io", origin.otherUrl())
            .start()) {
      var _ = edge.get("/v2/library/before/manifests/1");
      assertThat(edge.get(TAG).body()).isEqualTo(one);
    }
  }

  @Test
  void behindTheScenes_standsStillWhileClientsAreServed() throws Exception {
    byte[] large = new byte[3_000_000];
    new Random(7).nextBytes(large);
    Digest slow = origin.blob("library/slow", large);
    CountDownLatch enough = new CountDownLatch(1);
    origin.fault((request, reply) -> {
      if (!request.is("GET", slow.toString())) {
        return false;
      }
      int at = reply.begin(large);
      while (at < large.length) {
        int to = Math.min(large.length, at + 10_000);
        reply.write(large, at, to);
        at = to;
        if (enough.await(40, TimeUnit.MILLISECONDS)) {
          return reply.write(large, at, large.length);
        }
      }
      return true;
    });
    try (TestEdge edge = edge(RefactorMode.AVAILABLE, Duration.ZERO)) {
      CompletableFuture<HttpResponse<byte[]>> client =
          edge.getLater("/v2/library/slow/blobs/" + slow);
      await().until(() -> edge.metric("outcrop_fills_bytes") > 0);
      assertThat(edge.get(TAG).statusCode()).isEqualTo(200);

      await()
          .during(Duration.ofSeconds(2))
          .atMost(LONG)
          .until(() ->
              edge.metric("outcrop_refactor_running") == 1
                      && edge.metric("outcrop_refactor_images_total") == 0
                  || edge.metric("outcrop_refactor_waiting") == 1
                      && edge.metric("outcrop_refactor_scanned_bytes_total") == 0);
      assertThat(edge.metric("outcrop_refactor_images_total")).isZero();

      enough.countDown();
      assertThat(Digest.sha256(client.get().body())).isEqualTo(slow);
      assertThat(awaitMade(edge)).isNotEqualTo(image.digest());
    }
  }

  @Test
  void policy_madeLayersCostMoreThanTheirTransfer() throws Exception {
    try (TestEdge edge = edge(RefactorMode.SERVE, LONG)) {
      JsonNode manifest = json(edge.get(TAG));
      Digest layer = image.layerDigests().getFirst();
      assertThat(unpacked(edge, REPOSITORY, manifest)).isNotEmpty();

      JsonNode original = explanation(edge, layer.toString());
      for (JsonNode made : manifest.path("layers")) {
        JsonNode why = explanation(edge, made.path("digest").asString());
        if (why.has("costSeconds")) {
          assertThat(why.path("costSeconds").asDouble())
              .isGreaterThan(original.path("costSeconds").asDouble());
        }
      }
      edge.restart();
      JsonNode kept = explanation(edge, manifest.at("/layers/0/digest").asString());
      assertThat(kept.path("origin").asString()).isEqualTo("private");
      assertThat(kept.path("costSeconds").asDouble())
          .isGreaterThan(original.path("costSeconds").asDouble());
    }
  }

  private static JsonNode explanation(TestEdge edge, String digest) throws IOException {
    return JsonMapper.shared().readTree(edge.admin("/admin/v1/content/" + digest + "/explanation"));
  }

  /** Waits until what is made behind the scenes can be had; its digest. */
  private static Digest awaitMade(TestEdge edge) {
    return await()
        .atMost(LONG)
        .until(() -> edge.get(MADE), answer -> answer.statusCode() == 200)
        .headers()
        .firstValue("docker-content-digest")
        .map(Digest::parse)
        .orElseThrow();
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
