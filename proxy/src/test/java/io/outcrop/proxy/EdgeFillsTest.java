package io.outcrop.proxy;

import static io.outcrop.proxy.Samples.blob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.outcrop.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** One transfer for all who want a blob, whoever comes and goes meanwhile. */
final class EdgeFillsTest {

  private static final int SIZE = 3_000_000;
  private static final int HALF = SIZE / 2;
  private static final byte[] BLOB = blob(1, SIZE);
  private static final String PATH = "/v2/org/app/blobs/" + Digest.sha256(BLOB);

  @TempDir Path folder;
  private TestRegistry registry;
  private TestEdge edge;
  private final CountDownLatch gate = new CountDownLatch(1);

  @BeforeEach
  void start() throws IOException {
    registry = new TestRegistry();
    registry.blob("org/app", BLOB);
    edge = edge(256 << 20);
  }

  @AfterEach
  void stop() throws IOException {
    gate.countDown();
    registry.close();
    edge.close();
  }

  @Test
  void fetchesOnceForFiftyWhoAskAtTheSameTime() throws Exception {
    sendHalfThenWait();
    List<CompletableFuture<HttpResponse<byte[]>>> answers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      answers.add(edge.getLater(PATH));
    }
    await().until(() -> edge.metric("outcrop_requests_active") == 50);
    gate.countDown();
    for (CompletableFuture<HttpResponse<byte[]>> answer : answers) {
      assertThat(Arrays.equals(answer.get().body(), BLOB)).isTrue();
    }
    assertThat(registry.count()).isEqualTo(1);
  }

  @Test
  void learnsFromEachTransferWhatTheNextWouldCost() throws IOException {
    edge.get(PATH);
    await().until(() -> edge.metric("outcrop_fills_running") == 0);
    double before = cost();
    registry.fault((request, reply) -> {
      gate.await(1, TimeUnit.SECONDS);
      return false;
    });

    edge.get("/v2/org/app/blobs/" + registry.blob("org/app", blob(2, 1_000)));
    await().until(() -> edge.metric("outcrop_fills_running") == 0);

    // One second to the first byte weighs a tenth in the average.
    assertThat(cost() - before).isBetween(0.02, 0.5);
  }

  @Test
  void passesBytesOnBeforeTheUpstreamHasSentTheRest() throws IOException {
    sendHalfThenWait();
    HttpResponse<InputStream> response = edge.open(PATH);
    assertThat(response.headers().firstValueAsLong("Content-Length")).hasValue(SIZE);
    assertThat(response.body().readNBytes(HALF)).isEqualTo(Arrays.copyOf(BLOB, HALF));
    gate.countDown();
    assertThat(response.body().readAllBytes()).isEqualTo(Arrays.copyOfRange(BLOB, HALF, SIZE));
  }

  @Test
  void letsReadersAttachToARunningTransferAtAnyOffset() throws Exception {
    sendHalfThenWait();
    try (InputStream first = edge.open(PATH).body()) {
      assertThat(first.read()).isEqualTo(BLOB[0] & 0xff);
      HttpResponse<byte[]> early = edge.get(PATH, "Range", "bytes=1000-1999");
      assertThat(early.statusCode()).isEqualTo(206);
      assertThat(early.body()).isEqualTo(Arrays.copyOfRange(BLOB, 1000, 2000));
      List<int[]> ranges = new ArrayList<>();
      List<CompletableFuture<HttpResponse<byte[]>>> answers = new ArrayList<>();
      long seed = System.nanoTime();
      Random random = new Random(seed);
      for (int i = 0; i < 20; i++) {
        int from = random.nextInt(SIZE);
        int to = from + 1 + random.nextInt(SIZE - from);
        ranges.add(new int[] {from, to});
        answers.add(edge.getLater(PATH, "Range", "bytes=" + from + '-' + (to - 1)));
      }
      await().until(() -> edge.metric("outcrop_fills_running") == 1);
      gate.countDown();
      for (int i = 0; i < ranges.size(); i++) {
        int[] range = ranges.get(i);
        assertThat(answers.get(i).get().body())
            .as("seed %d, bytes %d to %d", seed, range[0], range[1])
            .isEqualTo(Arrays.copyOfRange(BLOB, range[0], range[1]));
      }
      assertThat(first.readAllBytes()).hasSize(SIZE - 1);
    }
    assertThat(registry.count("GET", "/blobs/")).isEqualTo(1);
  }

  @Test
  void goesOnWhenTheClientGoesAway() throws IOException {
    sendHalfThenWait();
    try (RawHttp client = new RawHttp(edge.port())) {
      client.get(PATH);
      assertThat(client.readHead().status()).isEqualTo(200);
    }
    await().until(() -> edge.metric("outcrop_requests_active") == 0);
    gate.countDown();
    await().until(() -> edge.metric("outcrop_fills_running") == 0);
    registry.stop();
    assertThat(edge.get(PATH).body()).isEqualTo(BLOB);
  }

  @Test
  void slowReaderHoldsUpNobodyElse() throws IOException {
    byte[] large = blob(9, 30_000_000);
    String path = "/v2/org/app/blobs/" + registry.blob("org/app", large);
    try (RawHttp slow = RawHttp.slow(edge.port())) {
      slow.get(path);
      assertThat(slow.readHead().status()).isEqualTo(200);
      assertThat(Arrays.equals(edge.get(path).body(), large)).isTrue();
      assertThat(Arrays.equals(slow.bytes(large.length), large)).as("in its own time").isTrue();
    }
    assertThat(registry.count("GET", "/blobs/")).isEqualTo(1);
  }

  @Test
  void goesOnWhereAnEarlierTransferEnded() throws IOException {
    sendHalfThenCut();
    assertThatThrownBy(() -> edge.get(PATH)).isInstanceOf(IOException.class);
    registry.heal();
    registry.forgetRequests();
    assertThat(edge.get(PATH).body()).isEqualTo(BLOB);
    assertThat(registry.requests("GET", "/blobs/"))
        .extracting(request -> request.header("Range").orElse(""))
        .containsExactly("bytes=" + HALF + '-');
  }

  @Test
  void goesOnAfterARestart() throws IOException {
    sendHalfThenWait();
    try (RawHttp client = new RawHttp(edge.port())) {
      client.get(PATH);
      assertThat(client.readHead().status()).isEqualTo(200);
      assertThat(client.bytes(HALF)).hasSize(HALF);
    }
    edge.restart();
    gate.countDown();
    registry.heal();
    registry.forgetRequests();
    assertThat(edge.get(PATH).body()).isEqualTo(BLOB);
    assertThat(registry.requests("GET", "/blobs/"))
        .extracting(request -> request.header("Range").orElse(""))
        .containsExactly("bytes=" + HALF + '-');
  }

  @Test
  void beginsAgainWhenWhatWasKeptIsNotTheBeginningOfTheBlob() throws IOException {
    byte[] other = blob(2, SIZE);
    registry.fault((request, reply) -> {
      if (!request.is("GET", "/blobs/")) {
        return false;
      }
      int from = reply.begin(other);
      reply.write(other, from, Math.max(from, HALF));
      return reply.cut();
    });
    assertThatThrownBy(() -> edge.get(PATH)).isInstanceOf(IOException.class);
    registry.heal();
    await()
        .atMost(Duration.ofSeconds(10))
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(edge.get(PATH).body()).isEqualTo(BLOB));
    assertThat(registry.requests("GET", "/blobs/").getLast().header("Range")).isEmpty();
  }

  @Test
  void streamsABlobLargerThanTheCapacityWithoutKeepingIt() throws IOException {
    edge.close();
    edge = edge(2 << 20);
    for (int i = 1; i <= 2; i++) {
      assertThat(Arrays.equals(edge.get(PATH).body(), BLOB)).isTrue();
      assertThat(edge.metric("outcrop_fills_unkept_total")).isEqualTo(i);
    }
    assertThat(edge.metric("outcrop_store_bytes")).isZero();
    assertThat(edge.get(PATH, "Range", "bytes=2900000-2900009").body())
        .isEqualTo(Arrays.copyOfRange(BLOB, 2_900_000, 2_900_010));
    HttpResponse<byte[]> parts = edge.get(PATH, "Range", "bytes=0-9,2000000-2000009");
    assertThat(parts.statusCode()).isEqualTo(206);
    assertThat(parts.body()).containsSubsequence(Arrays.copyOfRange(BLOB, 2_000_000, 2_000_010));
  }

  @Test
  void cutsTheClientWhenBytesThatAreNotKeptAreWrong() throws IOException {
    edge.close();
    edge = edge(2 << 20);
    byte[] wrong = BLOB.clone();
    wrong[SIZE - 2]++;
    registry.fault((request, reply) -> request.is("GET", "/blobs/") && reply.send(200, wrong));
    assertThatThrownBy(() -> edge.get(PATH)).isInstanceOf(IOException.class);
    try (RawHttp client = new RawHttp(edge.port())) {
      client.get(PATH);
      assertThat(client.readHead().status()).isEqualTo(200);
      assertThat(client.drain()).isLessThan(SIZE);
    }
    registry.heal();
    assertThat(edge.get(PATH).body()).isEqualTo(BLOB);
  }

  @Test
  void resumesABlobThatIsNotKept() throws IOException {
    edge.close();
    edge = edge(2 << 20);
    registry.fault((request, reply) -> {
      if (!request.is("GET", "/blobs/")) {
        return false;
      }
      int from = reply.begin(BLOB);
      int to = Math.min(SIZE, from + 700_000);
      reply.write(BLOB, from, to);
      return to == SIZE || reply.cut();
    });
    assertThat(Arrays.equals(edge.get(PATH).body(), BLOB)).isTrue();
  }

  @Test
  void verifiesWhatItStreamsAlthoughAPartWasKept() throws IOException {
    edge.close();
    registry.fault((request, reply) -> {
      if (!request.is("GET", PATH)) {
        return false;
      }
      reply.begin(BLOB);
      reply.write(BLOB, 0, 100_000);
      return reply.cut();
    });
    Path shrinking = folder.resolve("shrinking");
    edge = edge(shrinking, 256 << 20);
    assertThatThrownBy(() -> edge.get(PATH)).isInstanceOf(IOException.class);
    edge.close();
    edge = edge(shrinking, 2 << 20);
    byte[] wrong = BLOB.clone();
    wrong[SIZE - 2]++;
    registry.fault((request, reply) -> {
      if (!request.is("GET", PATH)) {
        return false;
      }
      int from = reply.begin(wrong);
      return reply.write(wrong, from, SIZE);
    });
    assertThatThrownBy(() -> edge.get(PATH)).isInstanceOf(IOException.class);
    registry.heal();
    assertThat(Arrays.equals(edge.get(PATH).body(), BLOB)).isTrue();
  }

  @Test
  void streamsWhenAllThatIsKeptIsInUse() throws Exception {
    edge.close();
    edge = edge(6 << 20);
    byte[] other = blob(7, SIZE);
    Digest otherDigest = registry.blob("org/app", other);
    sendHalfThenWait();
    try (InputStream in = edge.open(PATH).body()) {
      assertThat(in.readNBytes(HALF)).hasSize(HALF);
      byte[] got = edge.get("/v2/org/app/blobs/" + otherDigest).body();
      assertThat(Arrays.equals(got, other)).isTrue();
      assertThat(edge.metric("outcrop_fills_unkept_total")).isEqualTo(1);
      gate.countDown();
      assertThat(in.readAllBytes()).hasSize(SIZE - HALF);
    }
    registry.stop();
    assertThat(edge.get(PATH).statusCode()).isEqualTo(200);
  }

  @Test
  void evictsForWhatIsNewer_andFetchesAgain() throws IOException {
    edge.close();
    edge = edge(9 << 20);
    List<byte[]> blobs = new ArrayList<>();
    for (int i = 0; i < 14; i++) {
      blobs.add(blob(100 + i, SIZE / 4));
      registry.blob("org/app", blobs.get(i));
    }
    for (int round = 0; round < 2; round++) {
      for (byte[] blob : blobs) {
        byte[] got = edge.get("/v2/org/app/blobs/" + Digest.sha256(blob)).body();
        assertThat(Arrays.equals(got, blob)).isTrue();
        assertThat(edge.metric("outcrop_store_bytes")).isLessThanOrEqualTo(9 << 20);
      }
    }
    // Nine fit. Which of them stay is the policy's choice, but five have to go, and come again.
    assertThat(edge.metric("outcrop_store_evictions_total")).isGreaterThanOrEqualTo(5);
    assertThat(registry.count("GET", "/blobs/")).isBetween(19, 28);
  }

  @Test
  void closesAConnectionThatTakesNothingOfABlobThatIsNotKept() throws Exception {
    edge.close();
    byte[] large = blob(9, 20_000_000);
    String path = "/v2/org/app/blobs/" + registry.blob("org/app", large);
    edge =
        TestEdge.in(folder.resolve("small"))
            .capacity(2 << 20)
            .patience(Duration.ofSeconds(30), Duration.ofSeconds(5), Duration.ofSeconds(1))
            .upstream("registry.test", registry.url())
            .start();
    try (RawHttp slow = RawHttp.slow(edge.port())) {
      slow.get(path);
      assertThat(slow.readHead().status()).isEqualTo(200);
      await().atMost(8, TimeUnit.SECONDS).until(() -> edge.metric("outcrop_requests_active") == 0);
      assertThat(slow.drain()).isLessThan(large.length);
    }
  }

  private TestEdge edge(long capacity) throws IOException {
    return edge(folder.resolve("c" + capacity), capacity);
  }

  private TestEdge edge(Path path, long capacity) throws IOException {
    return TestEdge.in(path)
        .capacity(capacity)
        .timeouts(Duration.ofSeconds(2), Duration.ofSeconds(5), Duration.ofSeconds(20))
        .upstream("registry.test", registry.url())
        .start();
  }

  private void sendHalfThenWait() {
    registry.fault((request, reply) -> {
      if (!request.is("GET", PATH)) {
        return false;
      }
      int from = reply.begin(BLOB);
      reply.write(BLOB, from, HALF);
      gate.await();
      return reply.write(BLOB, HALF, SIZE);
    });
  }

  private void sendHalfThenCut() {
    registry.fault((request, reply) -> {
      if (!request.is("GET", PATH)) {
        return false;
      }
      int from = reply.begin(BLOB);
      reply.write(BLOB, from, HALF);
      // What was sent just before a connection broke may be lost.
      await().until(() -> edge.metric("outcrop_fills_bytes") >= HALF);
      return reply.cut();
    });
  }

  /** What it would take to get the blob again, in seconds. */
  private double cost() throws IOException {
    String explanation = edge.admin("/admin/v1/content/" + Digest.sha256(BLOB) + "/explanation");
    return JsonMapper.shared().readTree(explanation).findValue("costSeconds").asDouble();
  }
}
