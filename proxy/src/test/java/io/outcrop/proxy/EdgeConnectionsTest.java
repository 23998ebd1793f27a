package io.outcrop.proxy;

import static io.outcrop.proxy.Samples.blob;
import static io.outcrop.proxy.Samples.manifest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.outcrop.oci.Digest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients do on an HTTP/1.1 connection, well or badly. */
final class EdgeConnectionsTest {

  private static final byte[] BLOB = blob(1, 20_000_000);
  private static final byte[] SMALL = blob(2, 100);
  private static final String LARGE_PATH = "/v2/org/app/blobs/" + Digest.sha256(BLOB);
  private static final String SMALL_PATH = "/v2/org/app/blobs/" + Digest.sha256(SMALL);

  @TempDir static Path folder;
  private static TestRegistry registry;
  private static TestEdge edge;

  @BeforeAll
  static void start() throws IOException {
    registry = new TestRegistry();
    registry.blob("org/app", BLOB);
    registry.blob("org/app", SMALL);
    edge =
        TestEdge.in(folder)
            .maxConnections(12)
            .patience(Duration.ofSeconds(4), Duration.ofSeconds(1), Duration.ofSeconds(1))
            .upstream("registry.test", registry.url())
            .start();
    edge.get(LARGE_PATH);
    edge.get(SMALL_PATH);
  }

  @AfterAll
  static void stop() throws IOException {
    edge.close();
    registry.close();
  }

  @Test
  void answersAHundredRequestsSentAheadInTheirOrder() throws Exception {
    byte[] slow = manifest("slow");
    registry.manifest("org/app", "slow", slow);
    CountDownLatch gate = new CountDownLatch(1);
    registry.fault((request, reply) -> {
      gate.await();
      return false;
    });
    try (RawHttp client = new RawHttp(edge.port())) {
      StringBuilder requests = new StringBuilder();
      requests.append(RawHttp.request("GET", "/v2/org/app/manifests/slow"));
      for (int i = 0; i < 60; i++) {
        requests.append(RawHttp.request(i % 7 == 0 ? "HEAD" : "GET", SMALL_PATH));
        requests.append(RawHttp.request("GET", LARGE_PATH, "Range: bytes=" + i + "-" + (i + 99)));
      }
      client.send(requests.toString());
      await().until(() -> registry.count("GET", "/manifests/slow") == 1);
      gate.countDown();
      assertThat(client.read().body()).isEqualTo(slow);
      for (int i = 0; i < 60; i++) {
        if (i % 7 == 0) {
          assertThat(client.readHead().header("Content-Length")).hasValue("100");
        } else {
          assertThat(client.read().body()).isEqualTo(SMALL);
        }
        assertThat(client.read().body()).isEqualTo(Arrays.copyOfRange(BLOB, i, i + 100));
      }
    } finally {
      registry.heal();
    }
  }

  @Test
  void keepsAConnectionOpen_untilToldToClose() throws IOException {
    try (RawHttp client = new RawHttp(edge.port())) {
      for (String path : List.of(SMALL_PATH, LARGE_PATH, "/v2/", "/v2/none/blobs/x", "/x")) {
        assertThat(client.get(path).read().header("Connection")).as(path).isEmpty();
      }
      assertThat(client.get(SMALL_PATH, "Connection: close").read().header("Connection"))
          .hasValue("close");
      assertThat(client.isClosed()).isTrue();
    }
  }

  @Test
  void speaksHttp10() throws IOException {
    try (RawHttp client = new RawHttp(edge.port())) {
      client.send("GET " + SMALL_PATH + " HTTP/1.0\r\n\r\n");
      assertThat(client.read().body()).isEqualTo(SMALL);
      assertThat(client.isClosed()).isTrue();
    }
  }

  @Test
  void tellsAnHttp10ClientThatItsConnectionStaysOpen() throws IOException {
    try (RawHttp client = new RawHttp(edge.port())) {
      for (int i = 0; i < 2; i++) {
        client.send("GET " + SMALL_PATH + " HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
        RawHttp.Answer answer = client.read();
        assertThat(answer.body()).isEqualTo(SMALL);
        assertThat(answer.header("Connection").orElse("")).isEqualToIgnoringCase("keep-alive");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense\r\n\r\n",
        "GET\r\n\r\n",
        "GET /v2/ HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n",
        "GET /v2/ HTTP/1.1\r\n\r\n",
        "GET /v2/%zz/manifests/x HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /v2/ HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "GET /v2/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
      })
  void refusesAMalformedRequest(String request) throws IOException {
    try (RawHttp client = new RawHttp(edge.port())) {
      RawHttp.Answer answer = client.send(request).read();
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.header("Connection")).hasValue("close");
      assertThat(client.isClosed()).isTrue();
    }
  }

  @Test
  void refusesALongRequestLine() throws IOException {
    try (RawHttp client = new RawHttp(edge.port())) {
      client.send("GET /v2/" + "a".repeat(9000) + " HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(414);
      assertThat(client.isClosed()).isTrue();
    }
  }

  @Test
  void refusesManyHeaders() throws IOException {
    try (RawHttp client = new RawHttp(edge.port())) {
      client.send(RawHttp.request("GET", "/v2/", "X: " + "a".repeat(17_000)));
      assertThat(client.read().status()).isEqualTo(431);
      assertThat(client.isClosed()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"})
  void allowsNothingButReading(String method) throws IOException {
    try (RawHttp client = new RawHttp(edge.port())) {
      for (String path :
          List.of(
              "/v2/",
              "/v2/org/app/blobs/uploads/",
              "/v2/org/app/blobs/uploads/1234?digest=" + Digest.sha256(SMALL),
              "/v2/org/app/manifests/latest",
              SMALL_PATH)) {
        client.send(RawHttp.request(method, path, "Content-Length: 5") + "12345");
        RawHttp.Answer answer = client.read();
        assertThat(answer.status()).as(path).isEqualTo(405);
        assertThat(answer.header("Allow")).hasValue("GET, HEAD");
        assertThat(answer.body()).asString().contains("\"UNSUPPORTED\"");
      }
    }
  }

  @Test
  void endsAConnectionThatSendsALongBody() throws IOException {
    try (RawHttp client = new RawHttp(edge.port())) {
      client.send(RawHttp.request("POST", "/v2/org/app/blobs/uploads/", "Content-Length: 900000"));
      client.send("x".repeat(300_000));
      client.drain();
    } catch (IOException e) {
      // It may as well be reset while we still send.
    }
    assertThat(edge.get(SMALL_PATH).statusCode()).isEqualTo(200);
  }

  @Test
  void closesAConnectionThatIsSlowToAsk() throws IOException {
    try (RawHttp client = new RawHttp(edge.port())) {
      long start = System.nanoTime();
      client.send("GET /v2/ HTTP/1.1\r\nHo");
      assertThat(client.isClosed()).isTrue();
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isBetween(Duration.ofSeconds(1), Duration.ofMillis(3900));
    }
  }

  @Test
  void closesAnIdleConnection() throws IOException {
    try (RawHttp client = new RawHttp(edge.port())) {
      client.get("/v2/").read();
      long start = System.nanoTime();
      assertThat(client.isClosed()).isTrue();
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .as("not as soon as one that is slow to ask")
          .isBetween(Duration.ofMillis(2500), Duration.ofSeconds(15));
    }
  }

  @Test
  void closesAConnectionThatTakesNothing() throws IOException {
    try (RawHttp client = RawHttp.slow(edge.port())) {
      client.get(LARGE_PATH);
      awaitNoRequests();
      assertThat(client.drain()).isLessThan(BLOB.length);
    }
  }

  @Test
  void closesAConnectionThatTakesNothingOfALargeManifest() throws IOException {
    byte[] large = manifest("x".repeat(7_000_000));
    registry.manifest("org/app", "large", large);
    assertThat(Arrays.equals(edge.get("/v2/org/app/manifests/large").body(), large)).isTrue();
    try (RawHttp client = RawHttp.slow(edge.port())) {
      client.get("/v2/org/app/manifests/large");
      awaitNoRequests();
      assertThat(client.drain()).isLessThan(large.length);
    }
  }

  @Test
  void waitsForAClientThatTakesALittleNowAndThen() throws Exception {
    int length = 3_000_000;
    try (RawHttp client = RawHttp.slow(edge.port())) {
      client.get(LARGE_PATH, "Range: bytes=0-" + (length - 1));
      assertThat(client.readHead().status()).isEqualTo(206);
      byte[] got = new byte[length];
      for (int at = 0; at < length; at += length / 5) {
        System.arraycopy(client.bytes(length / 5), 0, got, at, length / 5);
        Thread.sleep(500);
      }
      assertThat(Arrays.equals(got, Arrays.copyOf(BLOB, length))).isTrue();
    }
  }

  @Test
  void holdsNoMoreConnectionsThanAllowed() throws IOException {
    List<RawHttp> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 20; i++) {
        clients.add(new RawHttp(edge.port()));
      }
      long served = 0;
      for (RawHttp client : clients) {
        try {
          client.get("/v2/").read();
          served++;
        } catch (IOException e) {
          // Closed as it came.
        }
      }
      assertThat(served).isBetween(1L, 12L);
    } finally {
      for (RawHttp client : clients) {
        client.close();
      }
    }
    await()
        .ignoreExceptions()
        .untilAsserted(() -> {
          try (RawHttp client = new RawHttp(edge.port())) {
            assertThat(client.get("/v2/").read().status()).isEqualTo(200);
          }
        });
  }

  private static void awaitNoRequests() {
    await().atMost(Duration.ofSeconds(10)).until(() -> edge.metric("outcrop_requests_active") == 0);
  }
}
