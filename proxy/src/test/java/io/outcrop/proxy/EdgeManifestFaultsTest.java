package io.outcrop.proxy;

import static io.outcrop.proxy.Samples.bytes;
import static io.outcrop.proxy.Samples.manifest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an upstream may do to a manifest that is not known yet. */
final class EdgeManifestFaultsTest {

  private static final byte[] MANIFEST = manifest("right");
  private static final Digest DIGEST = Digest.sha256(MANIFEST);
  private static final String BY_TAG = "/v2/org/app/manifests/latest";
  private static final String BY_DIGEST = "/v2/org/app/manifests/" + DIGEST;

  @TempDir Path folder;
  private TestRegistry registry;
  private TestEdge edge;

  @BeforeEach
  void start() throws IOException {
    registry = new TestRegistry();
    registry.manifest("org/app", "latest", MANIFEST);
    edge =
        TestEdge.in(folder)
            .tags(TestEdge.NEVER_FRESH)
            .upstream("registry.test", registry.url())
            .start();
  }

  @AfterEach
  void stop() throws IOException {
    edge.close();
    registry.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {BY_TAG, "by digest"})
  void refusesAWebPage(String reference) throws IOException {
    registry.fault((request, reply) ->
        request.target().contains("/manifests/")
            && reply.send(200, "<html>log in</html>", "Content-Type: text/html"));
    assertFails(502, path(reference));
    recovers(path(reference));
  }

  @Test
  void refusesAnotherManifestThanAskedFor() throws IOException {
    registry.fault((request, reply) ->
        request.target().contains("/manifests/")
            && reply.send(200, manifest("wrong"), "Content-Type: " + MediaType.OCI_MANIFEST));
    assertFails(502, BY_DIGEST);
    recovers(BY_DIGEST);
  }

  @Test
  void refusesAManifestThatIsNotWhatItsHeaderSays() throws IOException {
    registry.fault((request, reply) ->
        request.is("GET", "/manifests/")
            && reply.send(
                200,
                manifest("wrong"),
                "Content-Type: " + MediaType.OCI_MANIFEST,
                "Docker-Content-Digest: " + DIGEST));
    assertFails(502, BY_TAG);
    recovers(BY_TAG);
  }

  @Test
  void hashesAManifestThatComesWithoutItsDigest() throws IOException {
    registry.fault((request, reply) ->
        request.target().contains("/manifests/")
            && reply.send(200, MANIFEST, "Content-Type: " + MediaType.OCI_MANIFEST));
    for (int i = 0; i < 2; i++) {
      HttpResponse<byte[]> response = edge.get(BY_TAG);
      assertThat(response.body()).isEqualTo(MANIFEST);
      assertThat(response.headers().firstValue("Docker-Content-Digest"))
          .hasValue(DIGEST.toString());
    }
  }

  @Test
  void refusesSchemaOne() throws IOException {
    registry.fault((request, reply) ->
        request.target().contains("/manifests/")
            && reply.send(
                200,
                "{\"schemaVersion\":1,\"name\":\"org/app\",\"tag\":\"latest\"}",
                "Content-Type: " + MediaType.DOCKER_SCHEMA1_SIGNED));
    assertFails(502, BY_TAG);
    recovers(BY_TAG);
  }

  @Test
  void refusesAManifestCutShort() throws IOException {
    registry.fault((request, reply) -> {
      if (!request.target().contains("/manifests/")) {
        return false;
      }
      reply.head(
          200, "Content-Type: " + MediaType.OCI_MANIFEST, "Content-Length: " + MANIFEST.length);
      reply.write(MANIFEST, 0, 20);
      return reply.cut();
    });
    assertFails(503, BY_TAG);
    recovers(BY_TAG);
  }

  @Test
  void deniesWhatAsksForALoginAgainAndAgain() throws IOException {
    registry.fault((request, reply) ->
        request.target().contains("/manifests/")
            && reply.send(
                401,
                "{}",
                "WWW-Authenticate: Bearer realm=\"" + registry.url() + "/token\",service=\"s\""));
    HttpResponse<byte[]> response = assertFails(403, BY_TAG);
    assertThat(response.body()).asString().contains("\"DENIED\"");
    assertThat(registry.count("GET", "/manifests/")).isLessThanOrEqualTo(3);
    recovers(BY_TAG);
  }

  @Test
  void asksNoForeignHostForAToken() throws IOException {
    try (TestRegistry thief = new TestRegistry()) {
      registry.fault((request, reply) ->
          request.target().contains("/manifests/")
              && reply.send(
                  401, "{}", "WWW-Authenticate: Bearer realm=\"" + thief.otherUrl() + "/token\""));
      assertFails(403, BY_TAG);
      assertThat(thief.requests()).isEmpty();
    }
    recovers(BY_TAG);
  }

  @Test
  void waitsForASlowTokenServer() throws IOException {
    registry.requireLogin();
    registry.fault((request, reply) -> {
      if (request.path().equals("/token")) {
        TimeUnit.MILLISECONDS.sleep(700);
      }
      return false;
    });
    assertThat(edge.get(BY_TAG).body()).isEqualTo(MANIFEST);
    assertThat(registry.count("GET", "/token")).isEqualTo(1);
  }

  @Test
  void saysUnavailableWhenTheTokenServerHangs() throws IOException {
    edge.close();
    edge =
        TestEdge.in(folder.resolve("impatient"))
            .timeouts(Duration.ofSeconds(1), Duration.ofMillis(500), Duration.ofMillis(500))
            .upstream("registry.test", registry.url())
            .start();
    registry.requireLogin();
    registry.fault((request, reply) -> request.path().equals("/token") && reply.hang());
    assertFails(503, BY_TAG);
    recovers(BY_TAG);
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 502, 503, 504})
  void saysUnavailableForServerErrors(int status) throws IOException {
    registry.fault((request, reply) ->
        request.target().contains("/manifests/") && reply.send(status, "<html>oops</html>"));
    HttpResponse<byte[]> response = assertFails(503, BY_TAG);
    assertThat(response.body()).asString().contains("\"UNAVAILABLE\"");
    assertThat(response.headers().firstValue("Retry-After")).isPresent();
    recovers(BY_TAG);
  }

  @Test
  void neverPassesARateLimitOn() throws IOException {
    registry.fault((request, reply) ->
        request.target().contains("/manifests/") && reply.send(429, "{}", "Retry-After: 120"));
    for (int i = 0; i < 3; i++) {
      HttpResponse<byte[]> response = assertFails(503, BY_TAG);
      assertThat(response.headers().firstValueAsLong("Retry-After")).hasValue(120);
    }
    assertThat(registry.count("GET", "/manifests/")).as("left alone as it asked").isEqualTo(1);
    edge.clock().advance(Duration.ofSeconds(121));
    recovers(BY_TAG);
  }

  @Test
  void saysUnavailableAtOnceWhenNobodyListens_andServesWithoutARestart() throws IOException {
    registry.stop();
    for (String path : List.of(BY_TAG, BY_DIGEST)) {
      long start = System.nanoTime();
      assertFails(503, path);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
    }
    registry.start();
    recovers(BY_TAG);
    recovers(BY_DIGEST);
  }

  @Test
  void saysUnavailableWhenTheUpstreamIsSilent() throws IOException {
    edge.close();
    edge =
        TestEdge.in(folder.resolve("impatient"))
            .timeouts(Duration.ofSeconds(1), Duration.ofMillis(500), Duration.ofMillis(500))
            .upstream("registry.test", registry.url())
            .start();
    registry.fault((request, reply) -> request.target().contains("/manifests/") && reply.hang());
    assertFails(503, BY_TAG);
    recovers(BY_TAG);
  }

  @Test
  void saysThatAnUnknownTagIsUnknown() throws IOException {
    HttpResponse<byte[]> response = assertFails(404, "/v2/org/app/manifests/other");
    assertThat(response.body()).asString().contains("\"MANIFEST_UNKNOWN\"");
  }

  @Test
  void saysThatAnUnknownRepositoryIsUnknown() throws IOException {
    registry.fault((request, reply) ->
        request.target().contains("/nobody/")
            && reply.send(404, "{\"errors\":[{\"code\":\"NAME_UNKNOWN\"}]}"));
    HttpResponse<byte[]> response = assertFails(404, "/v2/nobody/knows/manifests/other");
    assertThat(response.body()).asString().contains("\"NAME_UNKNOWN\"");
  }

  @Test
  void saysThatTheUpstreamDenies() throws IOException {
    registry.fault(
        (request, reply) -> request.target().contains("/manifests/") && reply.send(403, "{}"));
    HttpResponse<byte[]> response = assertFails(403, BY_TAG);
    assertThat(response.body()).asString().contains("\"DENIED\"");
    recovers(BY_TAG);
  }

  @Test
  void refusesADocumentThatIsNoManifest() throws IOException {
    byte[] text = bytes("[1,2,3]");
    registry.fault((request, reply) ->
        request.target().contains("/manifests/")
            && reply.send(200, text, "Content-Type: " + MediaType.OCI_MANIFEST));
    assertFails(502, BY_TAG);
    recovers(BY_TAG);
  }

  @Test
  void sendsManyWhoWaitForOneFailureTheSameAnswer() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    registry.fault((request, reply) -> {
      gate.await();
      return reply.send(500, "");
    });
    var answers = List.of(edge.getLater(BY_TAG), edge.getLater(BY_TAG), edge.getLater(BY_TAG));
    await().until(() -> registry.count() > 0);
    gate.countDown();
    for (var answer : answers) {
      assertThat(answer.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(503);
    }
  }

  private static String path(String reference) {
    return reference.startsWith("/") ? reference : BY_DIGEST;
  }

  private HttpResponse<byte[]> assertFails(int status, String path) throws IOException {
    HttpResponse<byte[]> response = edge.get(path);
    assertThat(response.statusCode()).as(path).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type"))
        .hasValue("application/json; charset=utf-8");
    assertThat(response.body()).asString().startsWith("{\"errors\":[{\"code\":\"");
    return response;
  }

  private void recovers(String path) {
    registry.heal();
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(edge.get(path).body()).isEqualTo(MANIFEST));
  }
}
