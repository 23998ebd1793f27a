package io.outcrop.proxy;

import static io.outcrop.proxy.Samples.blob;
import static io.outcrop.proxy.Samples.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.outcrop.oci.Digest;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever an upstream does with a blob, a client gets the right bytes or sees that it does not.
 */
final class EdgeBlobFaultsTest {

  private static final int SIZE = 600_000;
  private static final byte[] BLOB = blob(1, SIZE);
  private static final Digest DIGEST = Digest.sha256(BLOB);
  private static final String PATH = "/v2/org/app/blobs/" + DIGEST;

  @TempDir Path folder;
  private TestRegistry registry;
  private TestEdge edge;

  @BeforeEach
  void start() throws IOException {
    registry = new TestRegistry();
    registry.blob("org/app", BLOB);
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

  @Test
  void resumesABlobThatIsCutOnce() throws IOException {
    AtomicInteger cuts = new AtomicInteger();
    blobFault((request, reply) -> {
      if (cuts.getAndIncrement() > 0) {
        return false;
      }
      reply.begin(BLOB);
      reply.write(BLOB, 0, 250_000);
      awaitBytes(250_000);
      return reply.cut();
    });
    assertThat(edge.get(PATH).body()).isEqualTo(BLOB);
    List<TestRegistry.Request> gets = registry.requests("GET", "/blobs/");
    assertThat(gets).hasSize(2);
    assertThat(gets.get(1).header("Range")).hasValue("bytes=250000-");
  }

  @Test
  void resumesABlobThatIsCutManyTimes() throws IOException {
    blobFault((request, reply) -> {
      int from = reply.begin(BLOB);
      int to = Math.min(SIZE, from + 60_000);
      reply.write(BLOB, from, to);
      if (to == SIZE) {
        return true;
      }
      awaitBytes(to);
      return reply.cut();
    });
    assertThat(edge.get(PATH).body()).isEqualTo(BLOB);
    assertThat(registry.count("GET", "/blobs/")).isEqualTo(10);
  }

  @Test
  void cutsTheClientWhenTheBlobIsCutForever_andRecovers() throws IOException {
    blobFault((request, reply) -> {
      int from = reply.begin(BLOB);
      reply.write(BLOB, from, Math.max(from, 100_000));
      return reply.cut();
    });
    assertCut();
    recovers();
    assertThat(registry.requests("GET", "/blobs/").getLast().header("Range"))
        .as("what had come was kept")
        .hasValue("bytes=100000-");
  }

  @Test
  void resumesABlobThatStalls() throws IOException {
    AtomicInteger stalls = new AtomicInteger();
    blobFault((request, reply) -> {
      if (stalls.getAndIncrement() > 0) {
        return false;
      }
      reply.begin(BLOB);
      reply.write(BLOB, 0, 123_456);
      return reply.hang();
    });
    assertThat(edge.get(PATH).body()).isEqualTo(BLOB);
    assertThat(registry.requests("GET", "/blobs/").getLast().header("Range"))
        .hasValue("bytes=123456-");
  }

  @Test
  void takesABlobThatIsSlowButNeverStalls() throws IOException {
    blobFault((request, reply) -> {
      reply.begin(BLOB);
      for (int from = 0; from < SIZE; from += SIZE / 8) {
        reply.write(BLOB, from, from + SIZE / 8);
        Thread.sleep(150);
      }
      return true;
    });
    assertThat(edge.get(PATH).body())
        .as("a second in all, with a stall timeout of 0.6 s")
        .isEqualTo(BLOB);
    assertThat(registry.count("GET", "/blobs/")).isEqualTo(1);
  }

  @Test
  void cutsTheClientWhenTheBytesAreWrong_andKeepsNone() throws IOException {
    byte[] wrong = blob(2, SIZE);
    blobFault((request, reply) -> reply.send(200, wrong));
    assertCut();
    assertThat(edge.metric("outcrop_fills_refused_total")).isEqualTo(1);
    recovers();
    assertThat(registry.requests("GET", "/blobs/").getLast().header("Range")).isEmpty();
  }

  @Test
  void neverSendsTheLastByteOfWrongBytes() throws IOException {
    byte[] wrong = BLOB.clone();
    wrong[SIZE - 1]++;
    blobFault((request, reply) -> reply.send(200, wrong));
    try (RawHttp client = new RawHttp(edge.port())) {
      client.get(PATH);
      assertThat(client.readHead().status()).isEqualTo(200);
      assertThat(client.drain()).isLessThan(SIZE);
    }
  }

  @Test
  void refusesAWrongLastPartAfterAResume() throws IOException {
    AtomicInteger cuts = new AtomicInteger();
    byte[] wrong = blob(3, SIZE);
    blobFault((request, reply) -> {
      int from = reply.begin(BLOB);
      if (cuts.getAndIncrement() == 0) {
        reply.write(BLOB, 0, 300_000);
        return reply.cut();
      }
      return reply.write(wrong, from, SIZE);
    });
    assertCut();
    recovers();
  }

  @Test
  void refusesABlobDeclaredTooShort() throws IOException {
    blobFault((request, reply) -> {
      reply.head(200, "Content-Length: " + (SIZE - 1000));
      reply.write(BLOB);
      return reply.cut();
    });
    assertCut();
    recovers();
  }

  @Test
  void refusesABlobDeclaredTooLong() throws IOException {
    blobFault((request, reply) -> {
      if (request.header("Range").isPresent()) {
        return false;
      }
      reply.head(200, "Content-Length: " + (SIZE + 1000));
      reply.write(BLOB);
      return reply.cut();
    });
    assertCut();
    recovers();
  }

  @Test
  void refusesAnEmptyBodyForABlobThatIsNot() throws IOException {
    blobFault((request, reply) -> reply.send(200, ""));
    HttpResponse<byte[]> response = tryGet();
    assertThat(response == null || response.statusCode() >= 500)
        .as("no clean end of an empty 200")
        .isTrue();
    recovers();
  }

  @Test
  void servesTheEmptyBlob() throws IOException {
    Digest empty = registry.blob("org/app", new byte[0]);
    for (int i = 0; i < 2; i++) {
      HttpResponse<byte[]> response = edge.get("/v2/org/app/blobs/" + empty);
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).isEmpty();
      assertThat(response.headers().firstValue("Content-Length")).hasValue("0");
    }
    assertThat(registry.count("GET", "/blobs/")).isEqualTo(1);
  }

  @Test
  void skipsWhatItHasWhenTheUpstreamIgnoresRange() throws IOException {
    AtomicInteger cuts = new AtomicInteger();
    blobFault((request, reply) -> {
      reply.head(200, "Content-Length: " + SIZE);
      boolean first = cuts.getAndIncrement() == 0;
      reply.write(BLOB, 0, first ? 333_333 : SIZE);
      return !first || reply.cut();
    });
    assertThat(edge.get(PATH).body()).isEqualTo(BLOB);
    assertThat(registry.count("GET", "/blobs/")).isEqualTo(2);
  }

  @Test
  void refusesAResumeWithAnotherRangeThanAskedFor() throws IOException {
    AtomicInteger cuts = new AtomicInteger();
    blobFault((request, reply) -> {
      if (cuts.getAndIncrement() == 0) {
        reply.begin(BLOB);
        reply.write(BLOB, 0, 300_000);
        return reply.cut();
      }
      if (request.header("Range").isEmpty()) {
        return false;
      }
      reply.head(
          206,
          "Content-Range: bytes 100-%d/%d".formatted(SIZE - 1, SIZE),
          "Content-Length: " + (SIZE - 100));
      return reply.write(BLOB, 100, SIZE);
    });
    assertRightOrCut();
    recovers();
  }

  @Test
  void refusesAResumeThatTellsAnotherLength() throws IOException {
    AtomicInteger cuts = new AtomicInteger();
    blobFault((request, reply) -> {
      if (cuts.getAndIncrement() == 0) {
        reply.begin(BLOB);
        reply.write(BLOB, 0, 300_000);
        return reply.cut();
      }
      reply.head(
          206,
          "Content-Range: bytes 300000-%d/%d".formatted(SIZE + 9, SIZE + 10),
          "Content-Length: " + (SIZE + 10 - 300_000));
      reply.write(BLOB, 300_000, SIZE);
      return reply.write(new byte[10]);
    });
    assertCut();
    recovers();
  }

  @Test
  void neverKeepsAWebPageAsABlob() throws IOException {
    String page = "<html><body>Please log in to the hotel network</body></html>";
    blobFault((request, reply) -> reply.send(200, page, "Content-Type: text/html"));
    HttpResponse<byte[]> response = tryGet();
    assertThat(response == null || response.statusCode() >= 500).isTrue();
    recovers();
  }

  @Test
  void servesABlobWithoutContentLength() throws IOException {
    blobFault((request, reply) -> {
      reply.head(200, "Transfer-Encoding: chunked");
      for (int from = 0; from < SIZE; from += 100_000) {
        reply.write(bytes(Integer.toHexString(100_000) + "\r\n"));
        reply.write(BLOB, from, from + 100_000);
        reply.write(bytes("\r\n"));
      }
      return reply.write(bytes("0\r\n\r\n"));
    });
    HttpResponse<byte[]> response = edge.get(PATH);
    assertThat(response.body()).isEqualTo(BLOB);
    assertThat(response.headers().firstValueAsLong("Content-Length")).hasValue(SIZE);
    registry.stop();
    assertThat(edge.get(PATH).body()).isEqualTo(BLOB);
  }

  @Test
  void resumesAChunkedBlobThatIsCut() throws IOException {
    AtomicInteger cuts = new AtomicInteger();
    blobFault((request, reply) -> {
      if (cuts.getAndIncrement() > 0) {
        return false;
      }
      reply.head(200, "Transfer-Encoding: chunked");
      reply.write(bytes("186a0\r\n"));
      reply.write(BLOB, 0, 100_000);
      return reply.cut();
    });
    assertThat(edge.get(PATH).body()).isEqualTo(BLOB);
    assertThat(registry.count("GET", "/blobs/")).isEqualTo(2);
  }

  @Test
  void asksForANewAddressWhenTheRedirectHasExpired() throws IOException {
    AtomicInteger signature = new AtomicInteger();
    registry.fault((request, reply) -> {
      if (request.is("GET", "/v2/org/app/blobs/")) {
        return reply.redirect(
            registry.otherUrl() + "/cdn/" + DIGEST + "?sig=" + signature.incrementAndGet());
      }
      if (request.path().startsWith("/cdn/")) {
        boolean good = request.target().endsWith("sig=" + signature.get());
        if (!good || signature.get() == 2) {
          return reply.send(403, "Request has expired");
        }
        int from = reply.begin(BLOB);
        if (from == 0) {
          reply.write(BLOB, 0, 200_000);
          awaitBytes(200_000);
          return reply.cut();
        }
        return reply.write(BLOB, from, SIZE);
      }
      return false;
    });
    assertThat(edge.get(PATH).body()).isEqualTo(BLOB);
    assertThat(registry.requests("GET", "/cdn/"))
        .extracting(TestRegistry.Request::target)
        .containsExactly(
            "/cdn/" + DIGEST + "?sig=1", "/cdn/" + DIGEST + "?sig=2", "/cdn/" + DIGEST + "?sig=3");
    assertThat(registry.requests("GET", "/cdn/").getLast().header("Range"))
        .hasValue("bytes=200000-");
  }

  @Test
  void passesServerErrorsOnAsUnavailable() throws IOException {
    for (int status : List.of(500, 502, 503, 504)) {
      blobFault((request, reply) -> reply.send(status, "oops"));
      assertThat(edge.get(PATH).statusCode()).isEqualTo(503);
    }
    recovers();
  }

  @Test
  void neverPassesARateLimitOn() throws IOException {
    blobFault((request, reply) -> reply.send(429, "slow down", "Retry-After: 7"));
    HttpResponse<byte[]> response = edge.get(PATH);
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.headers().firstValueAsLong("Retry-After")).hasValue(7);
    edge.clock().advance(Duration.ofSeconds(8));
    recovers();
  }

  @Test
  void saysAtOnceThatNobodyListens_andServesWhenSomebodyDoes() throws IOException {
    registry.stop();
    long start = System.nanoTime();
    HttpResponse<byte[]> response = edge.get(PATH);
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
    assertThat(response.headers().firstValue("Retry-After")).isPresent();
    registry.start();
    recovers();
  }

  @Test
  void saysThatAnUnknownBlobIsUnknown() throws IOException {
    HttpResponse<byte[]> response =
        edge.get("/v2/org/app/blobs/" + Digest.sha256(new byte[] {1, 2, 3}));
    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.body()).asString().contains("\"BLOB_UNKNOWN\"");
  }

  @Test
  void saysThatTheUpstreamDenies() throws IOException {
    for (int status : List.of(401, 403)) {
      blobFault((request, reply) -> reply.send(status, "{}"));
      HttpResponse<byte[]> response = edge.get(PATH);
      assertThat(response.statusCode()).isEqualTo(403);
      assertThat(response.body()).asString().contains("\"DENIED\"");
    }
    recovers();
  }

  private void blobFault(TestRegistry.Fault fault) {
    registry.fault((request, reply) ->
        request.is("GET", "/v2/org/app/blobs/") && fault.answer(request, reply));
  }

  /** What was sent just before a connection broke may be lost; so wait until it has arrived. */
  private void awaitBytes(int count) {
    await().until(() -> edge.metric("outcrop_fills_bytes") >= count);
  }

  private void assertCut() {
    assertThatThrownBy(() -> edge.get(PATH)).isInstanceOf(IOException.class);
  }

  private void assertRightOrCut() {
    HttpResponse<byte[]> response = tryGet();
    if (response != null) {
      assertThat(response.body()).isEqualTo(BLOB);
    }
  }

  /** The answer, or null if the connection was cut. */
  private HttpResponse<byte[]> tryGet() {
    try {
      return edge.get(PATH);
    } catch (IOException e) {
      return null;
    }
  }

  private void recovers() {
    registry.heal();
    await()
        .atMost(Duration.ofSeconds(10))
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(edge.get(PATH).body()).isEqualTo(BLOB));
  }
}
