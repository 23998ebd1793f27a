package io.outcrop.proxy;

import static io.outcrop.proxy.Samples.blob;
import static io.outcrop.proxy.Samples.bytes;
import static io.outcrop.proxy.Samples.manifest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.outcrop.oci.Digest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Images that are to stay, whatever happens to the upstream, the tag or the edge. */
final class EdgePinsTest {

  private static final String REPOSITORY = "org/app";
  private static final String IMAGE = "registry.test/org/app:1";
  private static final int SIZE = 400_000;

  @TempDir Path folder;
  private TestRegistry registry;
  private TestEdge edge;

  @BeforeEach
  void start() throws IOException {
    registry = new TestRegistry();
    registry.blob(REPOSITORY, bytes("{}"));
    edge = edge(64 << 20);
  }

  @AfterEach
  void stop() throws IOException {
    edge.close();
    registry.close();
  }

  private TestEdge edge(long capacity) throws IOException {
    return TestEdge.in(folder.resolve("data"))
        .capacity(capacity)
        .timeouts(Duration.ofSeconds(2), Duration.ofSeconds(5), Duration.ofMillis(600))
        .upstream("registry.test", registry.url())
        .start();
  }

  /** An image of two layers of its own. */
  private byte[][] image(String tag, long seed) {
    byte[] base = blob(seed, SIZE);
    byte[] top = blob(seed + 1, SIZE);
    registry.blob(REPOSITORY, base);
    registry.blob(REPOSITORY, top);
    byte[] manifest = manifest(tag + seed, base, top);
    registry.manifest(REPOSITORY, tag, manifest);
    return new byte[][] {manifest, base, top};
  }

  private CommandRun outcrop(String... arguments) {
    String[] all = java.util.Arrays.copyOf(arguments, arguments.length + 2);
    all[arguments.length] = "--admin";
    all[arguments.length + 1] = edge.adminUrl();
    return CommandRun.of(all);
  }

  private JsonNode pin(String image) throws IOException {
    return JsonMapper.shared().readTree(edge.admin("/admin/v1/pins/" + image));
  }

  private String state(String image) throws IOException {
    return pin(image).path("state").asString("");
  }

  private void assertServed(byte[][] image, String reference) throws IOException {
    assertThat(edge.get("/v2/org/app/manifests/" + reference).body()).isEqualTo(image[0]);
    for (int i = 1; i < image.length; i++) {
      assertThat(edge.get("/v2/org/app/blobs/" + Digest.sha256(image[i])).body())
          .isEqualTo(image[i]);
    }
    assertThat(edge.get("/v2/org/app/blobs/" + Digest.sha256(bytes("{}"))).statusCode())
        .isEqualTo(200);
  }

  /** Pulls so much else that nothing is left of what is not pinned. */
  private void pullMuchElse(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      edge.get("/v2/org/app/blobs/" + registry.blob(REPOSITORY, blob(10_000 + i, SIZE)));
    }
  }

  @Test
  void isAllHereWhenTheVerbEnds_andServedWithoutAnUpstream() throws Exception {
    byte[][] image = image("1", 1);
    CommandRun run = outcrop("pin", IMAGE);
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains(IMAGE, "complete");
    registry.stop();
    assertServed(image, "1");
    edge.restart();
    assertServed(image, "1");
    assertThat(state(IMAGE)).isEqualTo("complete");
    assertThat(outcrop("pins").out()).contains(IMAGE).contains("complete");
  }

  @Test
  void staysWhateverElseIsPulled_untilItIsUnpinned() throws Exception {
    edge.close();
    edge = edge(8 << 20);
    byte[][] image = image("1", 1);
    assertThat(outcrop("pin", IMAGE).exitCode()).isZero();
    pullMuchElse(40);
    assertThat(edge.metric("outcrop_store_evictions_total")).isPositive();
    registry.forgetRequests();
    assertServed(image, "1");
    assertThat(registry.count("GET", "/blobs/")).isZero();
    assertThat(outcrop("evict", IMAGE).exitCode()).isEqualTo(1);
    assertThat(outcrop("unpin", IMAGE).exitCode()).isZero();
    assertThat(outcrop("unpin", IMAGE).exitCode()).isEqualTo(3);
    assertThat(outcrop("evict", IMAGE).out()).contains("evicted 4 pieces");
    assertThat(edge.admin("/admin/v1/images")).doesNotContain("org/app:1");
  }

  @Test
  void isRefusedWithTheNumbers_whereItCannotFit() throws Exception {
    edge.close();
    edge = edge(5 << 20);
    byte[] large = blob(1, 6_000_000);
    registry.blob(REPOSITORY, large);
    registry.manifest(REPOSITORY, "large", manifest("large", large));
    CommandRun run = outcrop("pin", "registry.test/org/app:large");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("6000000 bytes would be pinned").hasLineCount(1);
    assertThat(registry.count("GET", "/blobs/")).isZero();
    assertThat(outcrop("pins").out()).doesNotContain("large");
  }

  @Test
  void saysWhatIsWrongWithAName() {
    CommandRun missing = outcrop("pin", "registry.test/org/app:none");
    assertThat(missing.exitCode()).isEqualTo(3);
    assertThat(missing.err()).hasLineCount(1);
    assertThat(outcrop("pin", "elsewhere.test/org/app:1").exitCode()).isEqualTo(3);
    assertThat(outcrop("pin", "org/app:1:2").exitCode()).isEqualTo(1);
    image("1", 1);
    assertThat(outcrop("pin", IMAGE, "--platform", "nonsense").exitCode()).isEqualTo(1);
  }

  @Test
  void goesOn_whenTheUpstreamDiesInTheMiddle() throws Exception {
    byte[][] image = image("1", 1);
    CountDownLatch begun = new CountDownLatch(1);
    registry.fault((request, reply) -> {
      if (!request.is("GET", "/blobs/" + Digest.sha256(image[2]))) {
        return false;
      }
      int from = reply.begin(image[2]);
      reply.write(image[2], from, Math.max(from, SIZE / 2));
      begun.countDown();
      return reply.hang();
    });
    assertThat(outcrop("pin", IMAGE, "--no-wait").exitCode()).isZero();
    begun.await();
    registry.stop();
    await().until(() -> !pin(IMAGE).has("job"));
    assertThat(state(IMAGE)).isEqualTo("incomplete");
    assertThat(pin(IMAGE).path("problem").asString("")).isNotEmpty();
    registry.heal();
    registry.start();
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> {
          edge.clock().advance(Duration.ofSeconds(5));
          return state(IMAGE).equals("complete");
        });
    assertThat(registry.requests("GET", "/blobs/" + Digest.sha256(image[2])))
        .anyMatch(request -> request.header("Range").isPresent());
    registry.stop();
    assertServed(image, "1");
  }

  @Test
  void goesOnAfterARestart() throws Exception {
    byte[][] image = image("1", 1);
    CountDownLatch begun = new CountDownLatch(1);
    registry.fault((request, reply) -> {
      if (!request.is("GET", "/blobs/" + Digest.sha256(image[2]))) {
        return false;
      }
      begun.countDown();
      reply.begin(image[2]);
      return reply.hang();
    });
    assertThat(outcrop("pin", IMAGE, "--no-wait").exitCode()).isZero();
    begun.await();
    edge.stop();
    registry.heal();
    edge.restart();
    await().atMost(Duration.ofSeconds(20)).until(() -> state(IMAGE).equals("complete"));
    registry.stop();
    assertServed(image, "1");
  }

  @Test
  void followsItsTag_theNewBeforeTheOldIsLetGo() throws Exception {
    byte[][] old = image("1", 1);
    assertThat(outcrop("pin", IMAGE).exitCode()).isZero();
    byte[][] next = image("1", 50);
    CountDownLatch gate = new CountDownLatch(1);
    registry.fault((request, reply) -> {
      if (request.is("GET", "/blobs/" + Digest.sha256(next[2]))) {
        gate.await();
      }
      return false;
    });
    edge.clock().advance(Duration.ofHours(2));
    await().atMost(Duration.ofSeconds(20)).until(() -> state(IMAGE).equals("updating"));
    assertThat(pin(IMAGE).path("digest").asString("")).isEqualTo(Digest.sha256(old[0]).toString());
    assertThat(edge.admin("/admin/v1/content/" + Digest.sha256(old[1]) + "/explanation"))
        .contains("\"" + IMAGE + "\"");
    gate.countDown();
    await().atMost(Duration.ofSeconds(20)).until(() -> state(IMAGE).equals("complete"));
    assertThat(pin(IMAGE).path("digest").asString("")).isEqualTo(Digest.sha256(next[0]).toString());
    assertThat(edge.admin("/admin/v1/content/" + Digest.sha256(old[1]) + "/explanation"))
        .doesNotContain("\"" + IMAGE + "\"");
    registry.stop();
    assertServed(next, "1");
  }

  @Test
  void losesNothing_whenTheUpstreamIsGoneAsTheTagMoves() throws Exception {
    byte[][] old = image("1", 1);
    assertThat(outcrop("pin", IMAGE).exitCode()).isZero();
    byte[][] next = image("1", 50);
    CountDownLatch begun = new CountDownLatch(1);
    registry.fault((request, reply) -> {
      if (request.is("GET", "/blobs/" + Digest.sha256(next[2]))) {
        begun.countDown();
        return reply.hang();
      }
      return false;
    });
    edge.clock().advance(Duration.ofHours(2));
    begun.await();
    registry.stop();
    await().atMost(Duration.ofSeconds(20)).until(() -> !pin(IMAGE).has("job"));
    assertThat(state(IMAGE)).isEqualTo("updating");
    assertServed(old, Digest.sha256(old[0]).toString());
    // The tag has moved, and that is known; but what it means now cannot be had.
    await()
        .until(
            () -> edge.get("/v2/org/app/manifests/1").headers().firstValue("Warning").isPresent());
    assertServed(old, "1");
    edge.restart();
    assertThat(state(IMAGE)).isEqualTo("updating");
    assertServed(old, Digest.sha256(old[0]).toString());
    await()
        .until(
            () -> edge.get("/v2/org/app/manifests/1").headers().firstValue("Warning").isPresent());
    assertServed(old, "1");
  }

  @Test
  void bringsBackWhatIsLost() throws Exception {
    byte[][] image = image("1", 1);
    assertThat(outcrop("pin", IMAGE).exitCode()).isZero();
    String hex = Digest.sha256(image[1]).hex();
    Path file = folder.resolve("data/blobs/sha256/" + hex.substring(0, 2) + "/" + hex);
    edge.stop();
    java.nio.file.Files.delete(file);
    edge.restart();
    await().atMost(Duration.ofSeconds(20)).until(() -> java.nio.file.Files.exists(file));
    await().until(() -> state(IMAGE).equals("complete"));
  }

  @Test
  void lettingGoEndsTheFetching() throws Exception {
    byte[][] image = image("1", 1);
    CountDownLatch begun = new CountDownLatch(1);
    registry.fault((request, reply) -> {
      if (!request.is("GET", "/blobs/" + Digest.sha256(image[1]))) {
        return false;
      }
      begun.countDown();
      return reply.hang();
    });
    assertThat(outcrop("pin", IMAGE, "--no-wait").exitCode()).isZero();
    begun.await();
    assertThat(outcrop("unpin", IMAGE).exitCode()).isZero();
    assertThat(outcrop("pins").out().lines()).hasSize(1);
    assertThat(outcrop("jobs").out()).contains("cancelled");
  }
}
