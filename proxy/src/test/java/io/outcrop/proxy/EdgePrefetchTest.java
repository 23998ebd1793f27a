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
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Layers that are fetched ahead of clients: for whom, in which order, and when not. */
final class EdgePrefetchTest {

  private static final int SIZE = 300_000;

  @TempDir Path folder;
  private TestRegistry registry;
  private TestEdge edge;

  @BeforeEach
  void start() throws IOException {
    registry = new TestRegistry();
    registry.blob("org/app", bytes("{}"));
    edge = edge(64 << 20);
  }

  private TestEdge edge(long capacity) throws IOException {
    return TestEdge.in(folder.resolve("data" + capacity))
        .capacity(capacity)
        .prefetch()
        .timeouts(Duration.ofSeconds(2), Duration.ofSeconds(5), Duration.ofSeconds(5))
        .upstream("registry.test", registry.url())
        .start();
  }

  @AfterEach
  void stop() throws IOException {
    edge.close();
    registry.close();
  }

  /** An image of layers of its own; its tag is its seed. */
  private byte[][] image(int seed, int layers, int size) {
    byte[][] blobs = new byte[layers][];
    for (int i = 0; i < layers; i++) {
      blobs[i] = blob(seed * 100L + i, size);
      registry.blob("org/app", blobs[i]);
    }
    registry.manifest("org/app", "t" + seed, manifest("image" + seed, blobs));
    return blobs;
  }

  private static String path(byte[] blob) {
    return "/v2/org/app/blobs/" + Digest.sha256(blob);
  }

  private void getManifest(int seed) throws IOException {
    assertThat(edge.get("/v2/org/app/manifests/t" + seed).statusCode()).isEqualTo(200);
  }

  private int asked(byte[] blob) {
    return registry.count("GET", "/blobs/" + Digest.sha256(blob));
  }

  /** Lets the edge learn that clients of this repository take what they take the manifest of. */
  private void learn(int visits) throws IOException {
    for (int i = 0; i < visits; i++) {
      byte[][] layers = image(900 + i, 1, 1000);
      getManifest(900 + i);
      edge.get(path(layers[0]));
    }
    await().until(() -> edge.metric("outcrop_requests_active") == 0);
  }

  private boolean held(byte[] blob) throws IOException {
    return edge.admin("/admin/v1/content/" + Digest.sha256(blob) + "/explanation")
        .contains("\"resident\" : true");
  }

  @Test
  void fetchesTheLayersOfAnImage_baseFirst() throws Exception {
    learn(3);
    byte[][] layers = image(1, 4, SIZE);
    getManifest(1);
    await().until(() -> held(layers[0]) && held(layers[1]) && held(layers[2]) && held(layers[3]));
    List<String> order =
        registry.requests("GET", "/blobs/").stream().map(TestRegistry.Request::path).toList();
    assertThat(order.indexOf(path(layers[0]))).isLessThan(order.indexOf(path(layers[2])));
    assertThat(order.indexOf(path(layers[1]))).isLessThan(order.indexOf(path(layers[3])));
    await().until(() -> edge.metric("outcrop_prefetch_fetched_bytes_total") >= 4 * SIZE);
    assertThat(edge.metric("outcrop_prefetch_used_bytes_total")).isZero();
    for (byte[] layer : layers) {
      assertThat(edge.get(path(layer)).body()).isEqualTo(layer);
    }
    await().until(() -> edge.metric("outcrop_prefetch_used_bytes_total") >= 4 * SIZE);
    for (byte[] layer : layers) {
      assertThat(asked(layer)).isEqualTo(1);
    }
  }

  @Test
  void fetchesNothing_whereNobodyIsKnownToFollow() throws Exception {
    byte[][] first = image(1, 2, SIZE);
    getManifest(1);
    edge.get(path(first[0]));
    byte[][] second = image(2, 2, SIZE);
    getManifest(2);
    assertNothingComes(second);
  }

  @Test
  void fetchesNothing_whereMostOnlyLook() throws Exception {
    learn(2);
    for (int i = 0; i < 4; i++) {
      image(50 + i, 1, 1000);
    }
    // Two have followed; four look, of which the first would still be fetched for.
    for (int i = 0; i < 4; i++) {
      getManifest(50 + i);
    }
    await().until(() -> edge.metric("outcrop_requests_active") == 0);
    edge.clock().advance(Duration.ofSeconds(61));
    byte[][] layers = image(1, 2, SIZE);
    getManifest(1);
    assertNothingComes(layers);
  }

  private void assertNothingComes(byte[][] layers) {
    await()
        .during(Duration.ofMillis(700))
        .until(() -> asked(layers[0]) == 0 || asked(layers[1]) == 0);
    assertThat(asked(layers[1])).isZero();
  }

  @Test
  void fetchesNothingForAnIndex_orForWhoOnlyAsksForTheHead() throws Exception {
    learn(3);
    byte[] layer = blob(1, SIZE);
    registry.blob("org/app", layer);
    byte[] image = manifest("one", layer);
    registry.manifest("org/app", "one", image);
    registry.manifest("org/app", "list", index(MediaType.OCI_INDEX, image), MediaType.OCI_INDEX);
    edge.get("/v2/org/app/manifests/list");
    edge.head("/v2/org/app/manifests/one");
    await().during(Duration.ofMillis(500)).until(() -> asked(layer) == 0);
    edge.get("/v2/org/app/manifests/one");
    await().until(() -> held(layer));
  }

  @Test
  void fetchesNothing_whereItIsSwitchedOff() throws Exception {
    edge.close();
    edge = TestEdge.in(folder.resolve("off")).upstream("registry.test", registry.url()).start();
    learn(3);
    byte[][] layers = image(1, 2, SIZE);
    getManifest(1);
    assertNothingComes(layers);
  }

  @Test
  void aClientJoinsWhatIsOnItsWay() throws Exception {
    learn(3);
    byte[][] layers = image(1, 1, SIZE);
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch gate = new CountDownLatch(1);
    registry.fault((request, reply) -> {
      if (!request.is("GET", "/blobs/" + Digest.sha256(layers[0]))) {
        return false;
      }
      reply.begin(layers[0]);
      reply.write(layers[0], 0, SIZE / 2);
      begun.countDown();
      gate.await();
      return reply.write(layers[0], SIZE / 2, SIZE);
    });
    getManifest(1);
    begun.await();
    try (InputStream in = edge.open(path(layers[0])).body()) {
      assertThat(in.readNBytes(SIZE / 3)).hasSize(SIZE / 3);
      gate.countDown();
      assertThat(in.readAllBytes()).hasSize(SIZE - SIZE / 3);
    }
    assertThat(asked(layers[0])).isEqualTo(1);
    await().until(() -> edge.metric("outcrop_prefetch_used_bytes_total") > 0);
    assertThat(edge.metric("outcrop_prefetch_wasted_bytes_total")).isZero();
  }

  @Test
  void waitsWhileAClientGetsBytesOfItsOwn() throws Exception {
    learn(3);
    byte[] own = blob(7, 4_000_000);
    registry.blob("org/app", own);
    byte[][] layers = image(1, 2, SIZE);
    CountDownLatch half = new CountDownLatch(1);
    registry.fault((request, reply) -> {
      if (!request.is("GET", "/blobs/" + Digest.sha256(own))) {
        return false;
      }
      reply.begin(own);
      // A thin uplink: a piece every 50 ms, so that the client is never without bytes for long.
      for (int at = 0; at < own.length; at += 100_000) {
        reply.write(own, at, at + 100_000);
        Thread.sleep(50);
        if (at == own.length / 2) {
          half.countDown();
        }
      }
      return true;
    });
    var answer = edge.getLater(path(own));
    await().until(() -> asked(own) == 1);
    await().until(() -> edge.metric("outcrop_fills_bytes") > 0);
    getManifest(1);
    half.await();
    assertThat(asked(layers[0])).as("it does not get in the way").isZero();
    assertThat(answer.get().body()).hasSize(own.length);
    await().until(() -> held(layers[0]) && held(layers[1]));
  }

  @Test
  void stopsWhenTheClientIsGone_andCountsWhatWasInVain() throws Exception {
    learn(3);
    byte[][] layers = image(1, 4, SIZE);
    CountDownLatch gate = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    registry.fault((request, reply) -> {
      boolean stuck =
          request.is("GET", "/blobs/" + Digest.sha256(layers[0]))
              || request.is("GET", "/blobs/" + Digest.sha256(layers[1]));
      if (!stuck) {
        return false;
      }
      byte[] layer =
          request.target().contains(Digest.sha256(layers[0]).hex()) ? layers[0] : layers[1];
      reply.begin(layer);
      reply.write(layer, 0, SIZE / 2);
      gate.await();
      // It is given up with the next bytes that come: these, and not all.
      reply.write(layer, SIZE / 2, SIZE / 2 + 1);
      end.await();
      return true;
    });
    getManifest(1);
    await().until(() -> asked(layers[0]) == 1 && asked(layers[1]) == 1);
    await().until(() -> edge.metric("outcrop_prefetch_planned") > 0);
    edge.clock().advance(Duration.ofSeconds(61));
    await().until(() -> edge.metric("outcrop_prefetch_planned") == 0);
    gate.countDown();
    await().until(() -> edge.metric("outcrop_fills_running") == 0);
    end.countDown();
    assertThat(held(layers[0])).isFalse();
    assertThat(asked(layers[2])).isZero();
    assertThat(edge.metric("outcrop_prefetch_wasted_bytes_total")).isZero();
    edge.clock().advance(Duration.ofMinutes(61));
    await().until(() -> edge.metric("outcrop_prefetch_wasted_bytes_total") > 0);
  }

  @Test
  void countsWhatNobodyUses() throws Exception {
    learn(3);
    byte[][] layers = image(1, 2, SIZE);
    getManifest(1);
    await().until(() -> held(layers[0]) && held(layers[1]));
    edge.clock().advance(Duration.ofMinutes(59));
    await().during(Duration.ofMillis(1500)).until(() -> true);
    assertThat(edge.metric("outcrop_prefetch_wasted_bytes_total")).isZero();
    edge.get(path(layers[0]));
    edge.clock().advance(Duration.ofMinutes(2));
    await().until(() -> edge.metric("outcrop_prefetch_wasted_bytes_total") >= SIZE);
    assertThat(edge.metric("outcrop_prefetch_wasted_bytes_total")).isLessThan(2 * SIZE);
  }

  @Test
  void takesNoRoomForWhatIsNotWorthIt() throws Exception {
    edge.close();
    edge = edge(16 << 20);
    learn(3);
    // More than an eighth of the store: such content is kept at its second coming only.
    for (int i = 0; i < 30; i++) {
      edge.get(path(registered(blob(500 + i, 500_000))));
    }
    byte[][] layers = image(1, 1, 4_000_000);
    getManifest(1);
    await().until(() -> asked(layers[0]) == 1);
    await().until(() -> edge.metric("outcrop_fills_running") == 0);
    assertThat(held(layers[0])).isFalse();
    await().during(Duration.ofMillis(500)).until(() -> asked(layers[0]) == 1);
  }

  private byte[] registered(byte[] blob) {
    registry.blob("org/app", blob);
    return blob;
  }
}
