package io.outcrop.proxy;

import static io.outcrop.proxy.Samples.blob;
import static io.outcrop.proxy.Samples.manifest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.outcrop.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Content is shared between repositories and upstreams; the right to read it is not. */
final class EdgeEntitlementTest {

  private static final int SIZE = 400_000;

  /** Also larger than what is kept in memory. */
  private static final byte[] BLOB = blob(1, SIZE);

  private static final Digest DIGEST = Digest.sha256(BLOB);
  private static final String SECRET = "/v2/org/secret/blobs/" + DIGEST;
  private static final String OTHER = "/v2/org/other/blobs/" + DIGEST;
  private static final String ELSEWHERE = "/v2/second.test/org/app/blobs/" + DIGEST;

  @TempDir Path folder;
  private TestRegistry registry;
  private TestRegistry second;
  private TestEdge edge;
  private final CountDownLatch gate = new CountDownLatch(1);

  @BeforeEach
  void start() throws IOException {
    registry = new TestRegistry();
    second = new TestRegistry();
    registry.requireLogin("org/secret");
    registry.blob("org/secret", BLOB);
    edge =
        TestEdge.in(folder)
            .tags(TestEdge.NEVER_FRESH)
            .login("user", "password")
            .upstream("registry.test", registry.url())
            .upstream("second.test", second.url())
            .start();
  }

  @AfterEach
  void stop() throws IOException {
    gate.countDown();
    edge.close();
    registry.close();
    second.close();
  }

  @Test
  void servesPrivateContentUnderItsOwnNameWithoutAskingAgain() throws IOException {
    assertServes(SECRET);
    int before = registry.count();
    assertServes(SECRET);
    assertThat(registry.count()).isEqualTo(before);
  }

  @Test
  void keepsPrivateContentFromARepositoryThatDoesNotHaveIt() throws IOException {
    assertServes(SECRET);
    for (HttpResponse<byte[]> response :
        List.of(edge.get(OTHER), edge.head(OTHER), edge.get(ELSEWHERE))) {
      assertThat(response.statusCode()).isEqualTo(404);
    }
    assertThat(edge.get(OTHER).body()).asString().contains("\"BLOB_UNKNOWN\"");
  }

  @Test
  void keepsPrivateContentFromARepositoryThatMerelyClaimsIt() throws IOException {
    assertServes(SECRET);
    registry.manifest("org/other", "thief", manifest("thief", BLOB));
    assertThat(edge.get("/v2/org/other/manifests/thief").statusCode()).isEqualTo(200);
    assertThat(edge.get(OTHER).statusCode()).isEqualTo(404);
  }

  @Test
  void servesPrivateContentUnderAnotherNameOnceTheUpstreamConfirmsIt() throws IOException {
    assertServes(SECRET);
    registry.blob("org/other", BLOB);
    registry.forgetRequests();
    assertServes(OTHER);
    assertServes(OTHER);
    assertThat(registry.count("HEAD", OTHER)).as("asked, once").isGreaterThanOrEqualTo(1);
    assertThat(registry.count("GET", "/blobs/")).as("not fetched again").isZero();
    registry.stop();
    assertServes(OTHER);
  }

  @Test
  void saysUnavailableWhenItCannotAskWhetherAnotherNameHasPrivateContent() throws IOException {
    assertServes(SECRET);
    registry.blob("org/other", BLOB);
    registry.stop();
    assertThat(edge.get(OTHER).statusCode()).isEqualTo(503);
  }

  @Test
  void passesARefusalOnForContentThatIsHere() throws IOException {
    assertServes(SECRET);
    registry.fault((request, reply) -> request.is("HEAD", OTHER) && reply.send(403, ""));
    assertThat(edge.get(OTHER).statusCode()).isEqualTo(403);
  }

  @Test
  void servesPublicContentThatAManifestClaimsWithoutAskingForIt() throws IOException {
    second.blob("org/app", BLOB);
    assertServes(ELSEWHERE);
    second.manifest("org/other", "v1", manifest("claims", BLOB));
    assertThat(edge.get("/v2/second.test/org/other/manifests/v1").statusCode()).isEqualTo(200);
    second.forgetRequests();
    String path = "/v2/second.test/org/other/blobs/" + DIGEST;
    assertServes(path);
    assertThat(edge.head(path).headers().firstValueAsLong("Content-Length")).hasValue(SIZE);
    assertThat(second.count()).isZero();
  }

  @Test
  void asksWhetherPublicContentIsInARepositoryThatNoManifestNamed() throws IOException {
    second.blob("org/app", BLOB);
    assertServes(ELSEWHERE);
    second.forgetRequests();
    assertThat(edge.get("/v2/second.test/org/none/blobs/" + DIGEST).statusCode()).isEqualTo(404);
    assertThat(second.count("HEAD", "/org/none/blobs/")).isEqualTo(1);
  }

  @Test
  void fetchesOnceForTwoUpstreamsThatBothHaveIt() throws Exception {
    second.blob("org/app", BLOB);
    holdBack();
    CompletableFuture<HttpResponse<byte[]>> first = edge.getLater(SECRET);
    await().until(() -> edge.metric("outcrop_fills_bytes") > 0);
    CompletableFuture<HttpResponse<byte[]>> other = edge.getLater(ELSEWHERE);
    await().until(() -> second.count("HEAD", "/blobs/") == 1);
    gate.countDown();
    assertThat(first.get().body()).isEqualTo(BLOB);
    assertThat(other.get().body()).isEqualTo(BLOB);
    assertThat(second.count("GET", "/blobs/")).isZero();
  }

  @Test
  void keepsATransferOfPrivateContentFromARepositoryThatDoesNotHaveIt() throws Exception {
    holdBack();
    try (InputStream in = edge.open(SECRET).body()) {
      assertThat(in.read()).isEqualTo(BLOB[0] & 0xff);
      assertThat(edge.get(OTHER).statusCode()).isEqualTo(404);
      assertThat(edge.get(ELSEWHERE).statusCode()).isEqualTo(404);
      gate.countDown();
      assertThat(in.readAllBytes()).hasSize(SIZE - 1);
    }
  }

  @Test
  void passesARefusalOnForContentThatIsOnItsWay() throws Exception {
    second.fault((request, reply) -> request.is("HEAD", "/blobs/") && reply.send(403, ""));
    holdBack();
    try (InputStream in = edge.open(SECRET).body()) {
      assertThat(in.read()).isEqualTo(BLOB[0] & 0xff);
      assertThat(edge.get(ELSEWHERE).statusCode()).isEqualTo(403);
      gate.countDown();
      assertThat(in.readAllBytes()).hasSize(SIZE - 1);
    }
  }

  @Test
  void fetchesUnderItsOwnNameWhatTheOtherUpstreamFailsToGive() throws Exception {
    second.blob("org/app", BLOB);
    for (int status : new int[] {404, 403, 500}) {
      CountDownLatch answer = new CountDownLatch(1);
      registry.fault((request, reply) -> {
        if (!request.is("GET", "/blobs/")) {
          return false;
        }
        answer.await();
        return reply.send(status, "{}");
      });
      CompletableFuture<HttpResponse<byte[]>> first = edge.getLater(SECRET);
      await().until(() -> registry.count("GET", SECRET) == 1);
      CompletableFuture<HttpResponse<byte[]>> other = edge.getLater(ELSEWHERE);
      await().until(() -> edge.metric("outcrop_requests_active") == 2);
      answer.countDown();
      assertThat(first.get().statusCode()).isIn(404, 403, 503);
      assertThat(other.get().body()).as("after %d", status).isEqualTo(BLOB);
      registry.forgetRequests();
      edge.close();
      edge =
          TestEdge.in(folder.resolve("after" + status))
              .tags(TestEdge.NEVER_FRESH)
              .upstream("registry.test", registry.url())
              .upstream("second.test", second.url())
              .start();
    }
  }

  /** Sends a part and waits for the gate. */
  private void holdBack() {
    registry.fault((request, reply) -> {
      if (!request.is("GET", SECRET) || !request.header("Authorization").orElse("").contains("u")) {
        return false;
      }
      reply.begin(BLOB);
      reply.write(BLOB, 0, 1000);
      gate.await();
      return reply.write(BLOB, 1000, SIZE);
    });
  }

  private void assertServes(String path) throws IOException {
    HttpResponse<byte[]> response = edge.get(path);
    assertThat(response.statusCode()).as(path).isEqualTo(200);
    assertThat(response.body()).isEqualTo(BLOB);
  }
}
