package io.outcrop.proxy;

import static io.outcrop.proxy.Samples.blob;
import static io.outcrop.proxy.Samples.bytes;
import static io.outcrop.proxy.Samples.index;
import static io.outcrop.proxy.Samples.manifest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Content, tags and referrers brought to an edge and taken from it, with no upstream to ask. */
final class AdminContentTest {

  private static final byte[] LAYER = blob(1, 3_000_000);
  private static final byte[] CONFIG = bytes("{}");
  private static final byte[] MANIFEST = manifest("image", LAYER);
  private static final String TIME = "2026-01-31T12:00:00Z";

  @TempDir Path folder;
  private TestRegistry registry;
  private TestEdge edge;

  @BeforeEach
  void start() throws IOException {
    registry = new TestRegistry();
    registry.requireLogin("org/secret");
    edge = builder().start();
    // Rather than stopped: who binds its port again may find it taken.
    registry.fault((request, reply) -> reply.send(503, ""));
  }

  private TestEdge.Builder builder() {
    return TestEdge.in(folder)
        .login("user", "password")
        .capacity(32 << 20)
        .upstream("registry.test", registry.url());
  }

  @AfterEach
  void stop() throws IOException {
    edge.close();
    registry.close();
  }

  @Test
  void whatIsBroughtIsServedWithoutAnUpstream() throws Exception {
    assertThat(put("org/app", LAYER).statusCode()).isEqualTo(201);
    assertThat(put("org/app", CONFIG).statusCode()).isEqualTo(201);
    assertThat(putManifest("org/app", MANIFEST).statusCode()).isEqualTo(201);
    assertThat(putTag("org/app", "1", MANIFEST, TIME).statusCode()).isEqualTo(200);

    for (int i = 0; i < 2; i++) {
      HttpResponse<byte[]> pulled = edge.get("/v2/org/app/manifests/1");
      assertThat(pulled.statusCode()).isEqualTo(200);
      assertThat(pulled.body()).isEqualTo(MANIFEST);
      assertThat(pulled.headers().firstValue("content-type"))
          .contains(MediaType.OCI_MANIFEST.value());
      assertThat(pulled.headers().firstValue("warning").orElse(""))
          .contains("last confirmed by registry.test");
      assertThat(edge.get(pull("org/app", LAYER)).body()).isEqualTo(LAYER);
      assertThat(edge.get(pull("org/app", CONFIG)).body()).isEqualTo(CONFIG);
      edge.stop();
      edge.restart();
    }
    assertThat(edge.get(pull("org/other", LAYER)).statusCode()).isEqualTo(503);
  }

  @Test
  void whatIsHeldIsGivenAwayWhole() throws Exception {
    put("org/app", LAYER);
    putManifest("org/app", MANIFEST);

    HttpResponse<byte[]> whole = get(LAYER);
    assertThat(whole.statusCode()).isEqualTo(200);
    assertThat(whole.body()).isEqualTo(LAYER);
    assertThat(whole.headers().firstValue("docker-content-digest"))
        .contains(Digest.sha256(LAYER).toString());
    assertThat(whole.headers().firstValue("outcrop-access")).contains("public");
    HttpResponse<byte[]> rest = get(LAYER, "Range", "bytes=2999990-");
    assertThat(rest.statusCode()).isEqualTo(206);
    assertThat(rest.body()).isEqualTo(Arrays.copyOfRange(LAYER, 2_999_990, 3_000_000));
    HttpResponse<byte[]> small = get(MANIFEST);
    assertThat(small.body()).isEqualTo(MANIFEST);
    assertThat(small.headers().firstValue("content-type")).contains(MediaType.OCI_MANIFEST.value());
    HttpResponse<byte[]> head = head(LAYER, "");
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.headers().firstValueAsLong("content-length")).hasValue(LAYER.length);
  }

  @Test
  void whatIsNotHeldIsNeverAskedFor() throws Exception {
    registry.fault((request, reply) -> false);
    registry.blob("org/app", LAYER);
    registry.forgetRequests();

    assertThat(get(LAYER).statusCode()).isEqualTo(404);
    assertThat(head(LAYER, "").statusCode()).isEqualTo(404);

    assertThat(registry.count()).isZero();
  }

  @Test
  void bringingItAgainIsNoMatter() throws Exception {
    put("org/app", LAYER);
    putManifest("org/app", MANIFEST);

    HttpResponse<byte[]> again = put("org/app", LAYER);
    assertThat(again.statusCode()).isEqualTo(200);
    assertThat(json(again).path("stored").asBoolean(true)).isFalse();
    assertThat(putManifest("org/app", MANIFEST).statusCode()).isEqualTo(200);
  }

  @Test
  void anUploadThatWasCutIsGoneOnWith() throws Exception {
    int sent = 1_000_000;
    cutUpload("org/app", LAYER, sent);
    long there = await().until(() -> offset(LAYER), offset -> offset > 0);
    assertThat(there).isBetween(1L, (long) sent);

    HttpResponse<byte[]> tooFar = putFrom("org/app", LAYER, (int) there + 1);
    assertThat(tooFar.statusCode()).isEqualTo(416);
    assertThat(tooFar.headers().firstValueAsLong("upload-offset")).hasValue(there);
    edge.stop();
    edge.restart();
    assertThat(offset(LAYER)).isEqualTo(there);
    // From a little before, as one does who has not asked.
    assertThat(putFrom("org/app", LAYER, (int) there - 7).statusCode()).isEqualTo(201);

    assertThat(edge.get(pull("org/app", LAYER)).body()).isEqualTo(LAYER);
    assertThat(edge.metric("outcrop_store_damaged_total")).isZero();
  }

  @Test
  void wrongBytesAreRefusedAndNoneOfThemKept() throws Exception {
    byte[] wrong = LAYER.clone();
    wrong[2_000_000] ^= 1;
    HttpResponse<byte[]> refused = put("org/app", Digest.sha256(LAYER), wrong);
    assertThat(refused.statusCode()).isEqualTo(422);
    assertThat(json(refused).path("code").asString("")).isEqualTo("DIGEST_INVALID");
    assertThat(json(refused).path("detail").asString("")).contains(Digest.sha256(wrong).toString());
    assertThat(head(LAYER, "").statusCode()).isEqualTo(404);
    assertThat(offset(LAYER)).isZero();

    assertThat(put("org/app", LAYER).statusCode()).isEqualTo(201);
    // Also where the right ones are held.
    assertThat(put("org/app", Digest.sha256(LAYER), wrong).statusCode()).isEqualTo(422);
    assertThat(get(LAYER).body()).isEqualTo(LAYER);
  }

  @Test
  void wrongManifestsAreRefused() throws Exception {
    assertThat(
            putManifest("org/app", Digest.sha256(MANIFEST), MediaType.OCI_MANIFEST, CONFIG)
                .statusCode())
        .isEqualTo(422);
    HttpResponse<byte[]> other = putManifest("org/app", MANIFEST, MediaType.OCI_INDEX);
    assertThat(other.statusCode()).isEqualTo(422);
    assertThat(json(other).path("code").asString("")).isEqualTo("MANIFEST_INVALID");
    // With leave asked for: a client that sends on regardless may be cut before it reads why.
    HttpResponse<byte[]> huge =
        edge.send(
            admin(path("org/app", Digest.sha256(LAYER)) + "&mediaType=application/json")
                .expectContinue(true)
                .PUT(BodyPublishers.ofByteArray(blob(1, 9 << 20)))
                .build());
    assertThat(huge.statusCode()).isEqualTo(413);
  }

  @Test
  void requestsThatMakeNoSenseAreExplained() throws Exception {
    String content = "/admin/v1/content/" + Digest.sha256(CONFIG);
    assertThat(send("PUT", content, CONFIG).statusCode()).isEqualTo(400);
    assertThat(send("PUT", content + "?repository=elsewhere.test/a", CONFIG).statusCode())
        .isEqualTo(404);
    assertThat(send("PUT", content + "?repository=registry.test/A", CONFIG).statusCode())
        .isEqualTo(400);
    assertThat(
            send("PUT", content + "?repository=registry.test/a&access=secret", CONFIG).statusCode())
        .isEqualTo(400);
    assertThat(
            send("PUT", "/admin/v1/content/sha256:0?repository=registry.test/a", CONFIG)
                .statusCode())
        .isEqualTo(400);
    String good = content + "?repository=registry.test/a";
    for (String range :
        new String[] {"bytes 0-1/9", "bytes 1-2/2", "bytes 0-1/*", "bytes 0-2/3", "x"}) {
      assertThat(send("PUT", good, CONFIG, "Content-Range", range).statusCode())
          .as(range)
          .isEqualTo(400);
    }
    HttpResponse<byte[]> chunked =
        edge.send(
            admin(good)
                .PUT(BodyPublishers.ofInputStream(() -> InputStream.nullInputStream()))
                .build());
    assertThat(chunked.statusCode()).isEqualTo(411);
  }

  @Test
  void whatDoesNotFitIsRefusedBeforeItIsSent() throws Exception {
    byte[] large = blob(2, 40 << 20);
    HttpResponse<byte[]> refused =
        edge.send(
            admin(path("org/app", Digest.sha256(large)))
                .expectContinue(true)
                .PUT(BodyPublishers.ofByteArray(large))
                .build());
    assertThat(refused.statusCode()).isEqualTo(507);
    assertThat(offset(large)).isZero();
    assertThat(put("org/app", LAYER).statusCode()).isEqualTo(201);
  }

  @Test
  void anEmptyBlobIsTaken() throws Exception {
    byte[] empty = new byte[0];
    assertThat(put("org/app", empty).statusCode()).isEqualTo(201);
    assertThat(get(empty).body()).isEmpty();
    assertThat(edge.get(pull("org/app", empty)).statusCode()).isEqualTo(200);
  }

  @Test
  void whoPullsWhileItIsBroughtFollowsIt() throws Exception {
    try (RawHttp upload = new RawHttp(edge.adminPort())) {
      upload.send(head("org/app", LAYER), Arrays.copyOf(LAYER, 500_000));
      await().until(() -> edge.metric("outcrop_fills_running") == 1);
      CompletableFuture<HttpResponse<byte[]>> pulled = edge.getLater(pull("org/app", LAYER));
      // Neither anybody else's upload, nor an upstream, gets in between.
      HttpResponse<byte[]> other = put("org/app", LAYER);
      assertThat(other.statusCode()).isEqualTo(409);
      assertThat(other.headers().firstValue("retry-after")).contains("1");
      assertThat(pulled).isNotDone();

      upload.send(Arrays.copyOfRange(LAYER, 500_000, LAYER.length));

      assertThat(pulled.get().body()).isEqualTo(LAYER);
    }
    await().until(() -> head(LAYER, "").statusCode() == 200);
  }

  @Test
  void whoPullsWhatIsCutIsCutTooAndMayComeAgain() throws Exception {
    try (RawHttp upload = new RawHttp(edge.adminPort())) {
      upload.send(head("org/app", LAYER), Arrays.copyOf(LAYER, 500_000));
      await().until(() -> offset(LAYER) > 0);
      CompletableFuture<HttpResponse<byte[]>> pulled = edge.getLater(pull("org/app", LAYER));
      await().until(() -> edge.metric("outcrop_requests_active") >= 1);
      upload.close();
      assertThat(pulled).failsWithin(Duration.ofSeconds(20));
    }
    registry.fault((request, reply) -> false);
    registry.blob("org/app", LAYER);
    await()
        .untilAsserted(() -> {
          HttpResponse<byte[]> again = edge.get(pull("org/app", LAYER));
          assertThat(again.statusCode()).isEqualTo(200);
          assertThat(again.body()).isEqualTo(LAYER);
        });
  }

  @Test
  void privateContentIsGivenToItsOwnRepositoriesOnly() throws Exception {
    assertThat(send("PUT", path("org/secret", LAYER) + "&access=private", LAYER).statusCode())
        .isEqualTo(201);
    assertThat(get(LAYER).headers().firstValue("outcrop-access")).contains("private");
    assertThat(edge.get(pull("org/secret", LAYER)).body()).isEqualTo(LAYER);

    // Whoever merely names it gets nothing.
    putManifest("org/app", MANIFEST);
    assertThat(edge.get(pull("org/app", LAYER)).statusCode()).isEqualTo(503);
    assertThat(head(LAYER, "?repository=registry.test/org/app").statusCode()).isEqualTo(404);
    assertThat(head(LAYER, "?repository=registry.test/org/secret").statusCode()).isEqualTo(200);

    // Whoever has the bytes has them.
    String both = "org/app,registry.test/org/other";
    assertThat(put(both, LAYER).statusCode()).isEqualTo(200);
    assertThat(edge.get(pull("org/other", LAYER)).body()).isEqualTo(LAYER);
    assertThat(head(LAYER, "?repository=registry.test/" + both).statusCode()).isEqualTo(200);
    assertThat(head(LAYER, "?repository=registry.test/org/third," + both).statusCode())
        .isEqualTo(404);
    assertThat(edge.get(pull("org/app", LAYER)).body()).isEqualTo(LAYER);
    assertThat(head(LAYER, "?repository=registry.test/org/app").statusCode()).isEqualTo(200);
    assertThat(get(LAYER).headers().firstValue("outcrop-access")).contains("private");
  }

  @Test
  void tagsAreReadAndSetUnlessKnownFromALaterTime() throws Exception {
    byte[] newer = manifest("newer", LAYER);
    assertThat(
            send("GET", "/admin/v1/tags?repository=registry.test/org/app&tag=1", null).statusCode())
        .isEqualTo(404);
    assertThat(putTag("org/app", "1", MANIFEST, TIME).statusCode()).isEqualTo(422);
    putManifest("org/app", MANIFEST);
    putManifest("org/app", newer);
    assertThat(putTag("org/other", "1", MANIFEST, TIME).statusCode()).isEqualTo(422);

    HttpResponse<byte[]> set = putTag("org/app", "1", MANIFEST, TIME);
    assertThat(json(set).path("changed").asBoolean(false)).isTrue();
    assertThat(json(putTag("org/app", "1", MANIFEST, TIME)).path("changed").asBoolean(true))
        .isFalse();
    assertThat(putTag("org/app", "1", newer, "2026-02-01T00:00:00Z").statusCode()).isEqualTo(200);
    HttpResponse<byte[]> older = putTag("org/app", "1", MANIFEST, TIME);
    assertThat(older.statusCode()).isEqualTo(409);
    assertThat(json(older).path("digest").asString("")).isEqualTo(Digest.sha256(newer).toString());
    JsonNode known =
        json(send("GET", "/admin/v1/tags?repository=registry.test/org/app&tag=1", null));
    assertThat(known.path("digest").asString("")).isEqualTo(Digest.sha256(newer).toString());
    assertThat(known.path("confirmedAt").asString("")).isEqualTo("2026-02-01T00:00:00Z");

    String forced =
        """
        {"repository":"registry.test/org/app","tag":"1","digest":"%s","confirmedAt":"%s",
         "force":true}
        """
            .formatted(Digest.sha256(MANIFEST), TIME);
    assertThat(sendJson("/admin/v1/tags", forced).statusCode()).isEqualTo(200);
    assertThat(edge.get("/v2/org/app/manifests/1").body()).isEqualTo(MANIFEST);
  }

  @Test
  void aTimeToComeIsTakenAsNow() throws Exception {
    putManifest("org/app", MANIFEST);
    putTag("org/app", "1", MANIFEST, "2999-01-01T00:00:00Z");
    JsonNode known =
        json(send("GET", "/admin/v1/tags?repository=registry.test/org/app&tag=1", null));
    assertThat(Instant.parse(known.path("confirmedAt").asString("")))
        .isBeforeOrEqualTo(edge.clock().instant());
  }

  @Test
  void tagsThatMakeNoSenseAreExplained() throws Exception {
    for (String body :
        new String[] {
          "{}",
          "{\"repository\":7}",
          "{\"repository\":\"registry.test/a\",\"tag\":\"/\",\"digest\":\"x\"}",
          "{\"repository\":\"registry.test/a\",\"tag\":\"1\",\"digest\":\"x\","
              + "\"confirmedAt\":\"2026-01-31T12:00:00Z\"}",
          "{\"repository\":\"registry.test/a\",\"tag\":\"1\",\"digest\":\""
              + Digest.sha256(MANIFEST)
              + "\",\"confirmedAt\":\"yesterday\"}",
        }) {
      HttpResponse<byte[]> refused = sendJson("/admin/v1/tags", body);
      assertThat(refused.statusCode()).as(body).isEqualTo(400);
      assertThat(json(refused).path("detail").asString("")).as(body).contains("expected: ");
    }
  }

  @Test
  void referrersThatAreBroughtAreListed() throws Exception {
    Digest subject = Digest.sha256(MANIFEST);
    byte[] signature = referrer("signature");
    byte[] sbom = referrer("sbom");
    String list = "/admin/v1/referrers?repository=registry.test/org/app&subject=" + subject;
    assertThat(send("GET", list, null).statusCode()).isEqualTo(404);
    assertThat(putReferrer(signature).statusCode()).isEqualTo(422);
    putManifest("org/app", MANIFEST);
    assertThat(putReferrer(MANIFEST).statusCode()).as("refers to nothing").isEqualTo(422);
    for (byte[] each : new byte[][] {signature, sbom, signature}) {
      putManifest("org/app", each);
      HttpResponse<byte[]> added = putReferrer(each);
      assertThat(added.statusCode()).isEqualTo(200);
      assertThat(json(added).path("subject").asString("")).isEqualTo(subject.toString());
    }

    JsonNode known = json(send("GET", list, null));
    assertThat(known.path("confirmedAt").asString("")).isEqualTo(TIME);
    assertThat(known.path("manifests").size()).isEqualTo(2);
    HttpResponse<byte[]> served = edge.get("/v2/org/app/referrers/" + subject);
    assertThat(served.statusCode()).isEqualTo(200);
    JsonNode first = json(served).path("manifests").path(0);
    assertThat(first.path("digest").asString("")).isEqualTo(Digest.sha256(signature).toString());
    assertThat(first.path("artifactType").asString("")).isEqualTo("application/vnd.test");
    assertThat(first.at("/annotations/kind").asString("")).isEqualTo("signature");
    assertThat(edge.get("/v2/org/app/manifests/" + Digest.sha256(sbom)).body()).isEqualTo(sbom);
  }

  @Test
  void indexesAreTakenWithoutAllTheirManifests() throws Exception {
    byte[] other = manifest("arm64", blob(9, 100));
    byte[] index = index(MediaType.OCI_INDEX, MANIFEST, other);
    putManifest("org/app", MANIFEST);
    assertThat(putManifest("org/app", index, MediaType.OCI_INDEX).statusCode()).isEqualTo(201);
    putTag("org/app", "multi", index, TIME);

    assertThat(edge.get("/v2/org/app/manifests/multi").body()).isEqualTo(index);
    assertThat(edge.get("/v2/org/app/manifests/" + Digest.sha256(MANIFEST)).body())
        .isEqualTo(MANIFEST);
    assertThat(edge.get("/v2/org/app/manifests/" + Digest.sha256(other)).statusCode())
        .isEqualTo(503);
  }

  private static byte[] referrer(String kind) {
    return """
    {"schemaVersion":2,"mediaType":"%s","artifactType":"application/vnd.test",
     "config":%s,"layers":[],"subject":%s,"annotations":{"kind":"%s"}}
    """
        .formatted(
            MediaType.OCI_MANIFEST,
            Samples.descriptor("application/vnd.oci.empty.v1+json", CONFIG),
            Samples.descriptor(MediaType.OCI_MANIFEST.value(), MANIFEST),
            kind)
        .getBytes(StandardCharsets.UTF_8);
  }

  private HttpResponse<byte[]> putReferrer(byte[] manifest) throws IOException {
    return sendJson(
        "/admin/v1/referrers",
        """
        {"repository":"registry.test/org/app","digest":"%s","confirmedAt":"%s"}
        """
            .formatted(Digest.sha256(manifest), TIME));
  }

  private HttpResponse<byte[]> putTag(
      String repository, String tag, byte[] manifest, String confirmedAt) throws IOException {
    return sendJson(
        "/admin/v1/tags",
        """
        {"repository":"registry.test/%s","tag":"%s","digest":"%s","confirmedAt":"%s"}
        """
            .formatted(repository, tag, Digest.sha256(manifest), confirmedAt));
  }

  private HttpResponse<byte[]> putManifest(String repository, byte[] manifest) throws IOException {
    return putManifest(repository, manifest, MediaType.OCI_MANIFEST);
  }

  private HttpResponse<byte[]> putManifest(String repository, byte[] manifest, MediaType type)
      throws IOException {
    return putManifest(repository, Digest.sha256(manifest), type, manifest);
  }

  private HttpResponse<byte[]> putManifest(
      String repository, Digest digest, MediaType type, byte[] manifest) throws IOException {
    return send(
        "PUT",
        path(repository, digest) + "&mediaType=" + type.value().replace("+", "%2B"),
        manifest);
  }

  private HttpResponse<byte[]> put(String repository, byte[] content) throws IOException {
    return put(repository, Digest.sha256(content), content);
  }

  private HttpResponse<byte[]> put(String repository, Digest digest, byte[] content)
      throws IOException {
    return send("PUT", path(repository, digest), content);
  }

  private HttpResponse<byte[]> putFrom(String repository, byte[] content, int offset)
      throws IOException {
    return send(
        "PUT",
        path(repository, content),
        Arrays.copyOfRange(content, offset, content.length),
        "Content-Range",
        "bytes " + offset + '-' + (content.length - 1) + '/' + content.length);
  }

  private void cutUpload(String repository, byte[] content, int sent) throws Exception {
    try (RawHttp upload = new RawHttp(edge.adminPort())) {
      upload.send(head(repository, content), Arrays.copyOf(content, sent));
      await().until(() -> offset(content) > 0);
    }
    await().until(() -> edge.metric("outcrop_fills_running") == 0);
  }

  private byte[] head(String repository, byte[] content) {
    return ("PUT "
            + path(repository, content)
            + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
            + content.length
            + "\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private long offset(byte[] content) throws IOException {
    return head(content, "").headers().firstValueAsLong("upload-offset").orElse(-1);
  }

  private HttpResponse<byte[]> get(byte[] content, String... headers) throws IOException {
    return send("GET", "/admin/v1/content/" + Digest.sha256(content), null, headers);
  }

  private HttpResponse<byte[]> head(byte[] content, String query) throws IOException {
    return edge.send(admin("/admin/v1/content/" + Digest.sha256(content) + query).HEAD().build());
  }

  private HttpResponse<byte[]> sendJson(String path, String body) throws IOException {
    return send("PUT", path, bytes(body), "Content-Type", "application/json");
  }

  private HttpResponse<byte[]> send(String method, String path, byte[] body, String... headers)
      throws IOException {
    HttpRequest.Builder request =
        admin(path)
            .method(
                method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    return edge.send((headers.length == 0 ? request : request.headers(headers)).build());
  }

  private HttpRequest.Builder admin(String path) {
    return HttpRequest.newBuilder(URI.create(edge.adminUrl() + path));
  }

  private static String path(String repository, byte[] content) {
    return path(repository, Digest.sha256(content));
  }

  private static String path(String repository, Digest digest) {
    return "/admin/v1/content/" + digest + "?repository=registry.test/" + repository;
  }

  private static String pull(String repository, byte[] content) {
    return "/v2/" + repository + "/blobs/" + Digest.sha256(content);
  }

  private static JsonNode json(HttpResponse<byte[]> response) {
    return JsonMapper.shared().readTree(response.body());
  }
}
