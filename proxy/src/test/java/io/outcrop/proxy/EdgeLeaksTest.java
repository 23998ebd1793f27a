package io.outcrop.proxy;

import static io.outcrop.proxy.Samples.blob;
import static io.outcrop.proxy.Samples.manifest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.outcrop.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever happens to a request, its buffers and files are given back. */
final class EdgeLeaksTest {

  private static final int ROUNDS = 6;
  private static final byte[] BLOB = blob(1, 1_500_000);
  private static final byte[] SMALL = blob(2, 500);
  private static final byte[] MANIFEST = manifest("leak");

  @TempDir Path folder;
  private TestRegistry registry;
  private LeakWatch leaks;

  @BeforeEach
  void start() throws IOException {
    leaks = new LeakWatch();
    registry = new TestRegistry();
    registry.blob("org/app", BLOB);
    registry.blob("org/app", SMALL);
    registry.manifest("org/app", "latest", MANIFEST);
  }

  @AfterEach
  void stop() throws IOException {
    registry.close();
    leaks.close();
  }

  @Test
  void leaksNothingOverPlainHttp() throws Exception {
    try (TestEdge edge = edge(64 << 20).start()) {
      for (int i = 0; i < ROUNDS; i++) {
        for (String path : paths()) {
          edge.get(path);
          edge.head(path);
          edge.get(path, "Range", "bytes=1-300");
          edge.get(path, "Range", "bytes=1-3,7-9");
          edge.get(path, "Range", "bytes=9999999-");
          edge.get(path, "If-None-Match", '"' + Digest.sha256(BLOB).toString() + '"');
          goAway(edge, path);
        }
        try (RawHttp client = new RawHttp(edge.port())) {
          client.send("nonsense\r\n\r\n").drain();
        }
        try (RawHttp client = new RawHttp(edge.port())) {
          client.send(RawHttp.request("POST", "/v2/", "Content-Length: 90000"));
          client.send("x".repeat(90_000)).readHead();
        } catch (IOException e) {
          // It is ended for its length.
        }
        try (RawHttp client = new RawHttp(edge.port())) {
          client.send("GET /v2/ HTTP/1.1\r\nHo");
        }
      }
      assertAllGivenBack(edge);
    }
    assertThat(LeakWatch.openFiles(folder)).isEmpty();
    leaks.assertNone();
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void leaksNothingOverTls(HttpClient.Version version) throws Exception {
    Path certificate = folder.resolve("tls.crt");
    Path key = folder.resolve("tls.key");
    TestTls.issue("leaks", certificate, key);
    try (TestEdge edge = edge(64 << 20).tls(certificate, key).start();
        HttpClient client = TestTls.client(version)) {
      for (int i = 0; i < ROUNDS; i++) {
        for (String path : paths()) {
          client.send(edge.request(path).build(), BodyHandlers.ofByteArray());
          client.send(edge.request(path).HEAD().build(), BodyHandlers.discarding());
          client.send(
              edge.request(path, "Range", "bytes=1-3,7-9").build(), BodyHandlers.discarding());
          try (InputStream in =
              client.send(edge.request(path).build(), BodyHandlers.ofInputStream()).body()) {
            assertThat(in.readNBytes(10)).hasSize(10);
          }
        }
      }
      assertAllGivenBack(edge);
    }
    assertThat(LeakWatch.openFiles(folder)).isEmpty();
    leaks.assertNone();
  }

  @Test
  void leaksNothingOfWhatCannotBeKept() throws Exception {
    try (TestEdge edge = edge(1 << 20).start()) {
      for (int i = 0; i < ROUNDS; i++) {
        String path = paths()[0];
        assertThat(edge.get(path).statusCode()).isEqualTo(200);
        goAway(edge, path);
      }
      assertAllGivenBack(edge);
    }
    assertThat(LeakWatch.openFiles(folder)).isEmpty();
    leaks.assertNone();
  }

  @Test
  void leaksNothingOfTransfersThatFail() throws Exception {
    registry.fault((request, reply) -> {
      if (!request.is("GET", "/blobs/")) {
        return false;
      }
      reply.begin(BLOB);
      reply.write(blob(3, 900_000));
      return reply.write(blob(4, 600_000));
    });
    try (TestEdge edge = edge(64 << 20).start()) {
      for (int i = 0; i < ROUNDS; i++) {
        try {
          edge.get(paths()[0]);
        } catch (IOException e) {
          // As it should be.
        }
      }
      assertAllGivenBack(edge);
    }
    assertThat(LeakWatch.openFiles(folder)).isEmpty();
    leaks.assertNone();
  }

  @Test
  void leaksNothingWhenStoppedInTheMiddle() throws Exception {
    registry.fault((request, reply) -> {
      if (!request.is("GET", "/blobs/")) {
        return false;
      }
      reply.begin(BLOB);
      reply.write(BLOB, 0, 700_000);
      return reply.hang();
    });
    TestEdge edge = edge(64 << 20).start();
    try (RawHttp client = new RawHttp(edge.port())) {
      client.get(paths()[0]).readHead();
      assertThat(client.bytes(700_000)).hasSize(700_000);
    }
    edge.close();
    assertThat(LeakWatch.openFiles(folder)).isEmpty();
    leaks.assertNone();
  }

  private TestEdge.Builder edge(long capacity) {
    return TestEdge.in(folder.resolve("data"))
        .capacity(capacity)
        .timeouts(Duration.ofSeconds(2), Duration.ofSeconds(5), Duration.ofSeconds(20))
        .upstream("registry.test", registry.url());
  }

  private static String[] paths() {
    return new String[] {
      "/v2/org/app/blobs/" + Digest.sha256(BLOB),
      "/v2/org/app/blobs/" + Digest.sha256(SMALL),
      "/v2/org/app/manifests/latest",
    };
  }

  private static void goAway(TestEdge edge, String path) throws IOException {
    try (RawHttp client = RawHttp.slow(edge.port())) {
      client.get(path).readHead();
    }
  }

  private void assertAllGivenBack(TestEdge edge) {
    await()
        .untilAsserted(() -> {
          assertThat(edge.metric("outcrop_requests_active")).isZero();
          assertThat(edge.metric("outcrop_fills_running")).isZero();
          assertThat(LeakWatch.openFiles(folder))
              .noneMatch(path -> path.contains("/blobs/") || path.contains("/fills/"));
        });
  }
}
