package io.outcrop.proxy;

import static io.outcrop.proxy.Samples.blob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What operators see. */
final class EdgeAdminTest {

  @TempDir Path folder;
  private TestRegistry registry;
  private TestEdge edge;

  @BeforeEach
  void start() throws IOException {
    registry = new TestRegistry();
    edge =
        TestEdge.in(folder.resolve("data"))
            .accessLog(folder.resolve("access.log"))
            .upstream("registry.test", registry.url())
            .start();
  }

  @AfterEach
  void stop() throws IOException {
    edge.close();
    registry.close();
  }

  @Test
  void isAliveAndReadyWithoutAnyUpstream() throws IOException {
    registry.stop();
    edge.restart();
    assertThat(edge.admin("/livez")).isEqualTo("ok\n");
    assertThat(edge.admin("/readyz")).isEqualTo("ok\n");
  }

  @Test
  void countsRequestsAndBytes() throws IOException {
    byte[] blob = blob(1, 100_000);
    String path = "/v2/org/app/blobs/" + registry.blob("org/app", blob);
    edge.get(path);
    await().until(() -> edge.metric("outcrop_fills_running") == 0);
    edge.get(path);
    edge.get("/v2/org/app/manifests/none");
    String[] blobs = {"kind=\"blob\"", "namespace=\"registry.test\"", "status=\"200\""};
    await().until(() -> edge.metric("outcrop_requests_active") == 0);
    assertThat(edge.metric("outcrop_requests_seconds_count", blobs)).isEqualTo(2);
    assertThat(edge.metric("outcrop_sent_bytes_total", blobs)).isEqualTo(200_000);
    assertThat(edge.metric("outcrop_requests_seconds_count", "outcome=\"hit\"")).isEqualTo(1);
    assertThat(edge.metric("outcrop_requests_seconds_count", "outcome=\"miss\"")).isEqualTo(1);
    assertThat(edge.metric("outcrop_requests_seconds_count", "status=\"404\"")).isEqualTo(1);
    assertThat(edge.metric("outcrop_store_content")).isEqualTo(1);
    assertThat(edge.metric("outcrop_store_bytes")).isEqualTo(100_000);
    assertThat(edge.metric("outcrop_store_effective_capacity"))
        .isEqualTo(edge.metric("outcrop_store_capacity"));
    assertThat(edge.metric("outcrop_store_refused_total")).isZero();
    assertThat(edge.metric("outcrop_store_ghosts")).isZero();
    assertThat(edge.admin("/metrics"))
        .contains("outcrop_store_list_bytes{list=\"probation\"} 100000.0")
        .contains("outcrop_store_list_bytes{list=\"ghost_proven\"} 0.0");
    assertThat(edge.metric("process_resident_memory_bytes")).isGreaterThan(1e6);
    assertThat(edge.admin("/metrics")).doesNotContain("org/app");
  }

  @Test
  void tellsItsStatus() throws IOException {
    edge.get("/v2/org/app/blobs/" + registry.blob("org/app", blob(1, 100_000)));
    await().until(() -> edge.metric("outcrop_fills_running") == 0);
    JsonNode status = JsonMapper.shared().readTree(edge.admin("/admin/v1/status"));
    assertThat(status.path("edge").asString("")).isEqualTo("test-edge");
    assertThat(status.path("storage").path("content").asInt(-1)).isEqualTo(1);
    JsonNode upstream = status.path("upstreams").get(0);
    assertThat(upstream.path("namespace").asString("")).isEqualTo("registry.test");
    assertThat(upstream.path("healthy").asBoolean(false)).isTrue();
    registry.stop();
    edge.get("/v2/org/app/manifests/none");
    status = JsonMapper.shared().readTree(edge.admin("/admin/v1/status"));
    assertThat(status.path("upstreams").get(0).path("healthy").asBoolean(true)).isFalse();
    assertThat(
            status.path("upstreams").get(0).path("endpoints").get(0).path("lastError").asString(""))
        .isNotEmpty();
  }

  @Test
  void answersNothingElse() throws IOException {
    URI base = URI.create("http://127.0.0.1:" + edge.adminPort());
    assertThat(edge.send(HttpRequest.newBuilder(base.resolve("/v2/")).build()).statusCode())
        .isEqualTo(404);
    assertThat(
            edge.send(
                    HttpRequest.newBuilder(base.resolve("/livez"))
                        .POST(BodyPublishers.ofString("x"))
                        .build())
                .statusCode())
        .isEqualTo(405);
    assertThat(edge.get("/metrics").statusCode()).as("not on this listener").isEqualTo(404);
  }

  @Test
  void logsEachRequestAsAnObjectOfItsOwn() throws IOException {
    edge.get("/v2/org/app/manifests/none", "User-Agent", "a \"quoted\" \\ agent");
    edge.get("/v2/");
    Path log = folder.resolve("access.log");
    await().until(() -> Files.exists(log) && Files.readAllLines(log).size() == 2);
    List<JsonNode> lines =
        Files.readAllLines(log).stream().map(line -> JsonMapper.shared().readTree(line)).toList();
    assertThat(lines.get(0).path("status").asInt(0)).isEqualTo(404);
    assertThat(lines.get(0).path("userAgent").asString("")).isEqualTo("a \"quoted\" \\ agent");
    assertThat(lines.get(0).path("repository").asString("")).isEqualTo("org/app");
    assertThat(lines.get(1).path("kind").asString("")).isEqualTo("base");
  }

  @Test
  void countsRequestsThatAreCut() throws IOException {
    String path = "/v2/org/app/blobs/" + registry.blob("org/app", blob(1, 100_000));
    registry.fault(
        (request, reply) -> request.is("GET", "/blobs/") && reply.send(200, blob(2, 100_000)));
    assertThatThrownBy(() -> edge.get(path)).isInstanceOf(IOException.class);
    await()
        .untilAsserted(() ->
            assertThat(edge.metric("outcrop_requests_cut_total", "kind=\"blob\"")).isEqualTo(1));
  }

  @Test
  void saysWhichAddressItCannotListenOn() throws IOException {
    try (ServerSocket taken = new ServerSocket(0)) {
      HttpResponse<byte[]> response = edge.get("/v2/");
      assertThat(response.statusCode()).isEqualTo(200);
      assertThatThrownBy(() ->
              TestEdge.in(folder.resolve("other"))
                  .listen(taken.getLocalPort())
                  .upstream("registry.test", registry.url())
                  .start())
          .isInstanceOf(IOException.class)
          .hasMessageContaining("registry.listen 127.0.0.1:" + taken.getLocalPort());
    }
  }
}
