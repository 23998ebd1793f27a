package io.outcrop.proxy;

import static io.outcrop.proxy.Samples.blob;
import static org.assertj.core.api.Assertions.assertThat;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What comes of a blob that would push out much of what is kept. */
final class EdgeAdmissionTest {

  private static final int USUAL = 2_000_000;
  private static final int HUGE = 16_000_000;
  private static final byte[] BLOB = blob(1, HUGE);
  private static final String PATH = "/v2/org/app/blobs/" + Digest.sha256(BLOB);

  @TempDir Path folder;
  private TestRegistry registry;
  private TestEdge edge;
  private final CountDownLatch gate = new CountDownLatch(1);

  /** An edge whose room for large content, 28 MiB, is full of blobs of usual size. */
  @BeforeEach
  void start() throws IOException {
    registry = new TestRegistry();
    registry.blob("org/app", BLOB);
    edge =
        TestEdge.in(folder)
            .capacity(32 << 20)
            .timeouts(Duration.ofSeconds(5), Duration.ofSeconds(20), Duration.ofSeconds(20))
            .upstream("registry.test", registry.url())
            .start();
    for (int i = 0; i < 14; i++) {
      edge.get("/v2/org/app/blobs/" + registry.blob("org/app", blob(100 + i, USUAL)));
    }
    await().until(() -> edge.metric("outcrop_store_content") == 14);
    registry.forgetRequests();
  }

  @AfterEach
  void stop() throws IOException {
    gate.countDown();
    registry.close();
    edge.close();
  }

  @Test
  void isPassedOnForTheFirstWhoAsks_andKeptForTheSecond() throws IOException {
    assertThat(Arrays.equals(edge.get(PATH).body(), BLOB)).isTrue();
    await().until(() -> edge.metric("outcrop_fills_running") == 0);
    assertThat(edge.metric("outcrop_store_evictions_total")).isZero();
    assertThat(edge.metric("outcrop_store_refused_total")).isEqualTo(1);
    assertThat(edge.metric("outcrop_store_content")).isEqualTo(14);

    assertThat(Arrays.equals(edge.get(PATH).body(), BLOB)).isTrue();
    await().until(() -> edge.metric("outcrop_fills_running") == 0);
    assertThat(edge.metric("outcrop_store_refused_total")).isEqualTo(1);
    assertThat(edge.metric("outcrop_store_evictions_total")).isPositive();

    registry.stop();
    assertThat(Arrays.equals(edge.get(PATH).body(), BLOB)).isTrue();
  }

  @Test
  void isKeptAtOnceForACrowd_andFetchedOnce() throws Exception {
    registry.fault((request, reply) -> {
      if (request.is("GET", PATH)) {
        gate.await();
      }
      return false;
    });
    List<CompletableFuture<HttpResponse<byte[]>>> answers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      answers.add(edge.getLater(PATH));
    }
    await().until(() -> edge.metric("outcrop_requests_active") == 20);
    gate.countDown();
    for (CompletableFuture<HttpResponse<byte[]>> answer : answers) {
      assertThat(Arrays.equals(answer.get().body(), BLOB)).isTrue();
    }
    assertThat(registry.count("GET", PATH)).isEqualTo(1);
    assertThat(edge.metric("outcrop_store_refused_total")).isZero();
  }

  /** Who was there first goes on with what comes for the others, and its own stream is let go. */
  @Test
  void isFetchedOnceForThoseWhoComeAfterTheFirst_whoJoinsThem() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    AtomicLong sentToTheFirst = new AtomicLong();
    registry.fault((request, reply) -> {
      // The first request finds out the size, the second is for the first client alone.
      if (!request.is("GET", PATH) || asked.incrementAndGet() != 2) {
        return false;
      }
      int at = reply.begin(BLOB);
      while (at < HUGE) {
        int to = Math.min(HUGE, at + 1_000);
        reply.write(BLOB, at, to);
        sentToTheFirst.addAndGet(to - at);
        at = to;
        LockSupport.parkNanos(2_000_000); // Half a megabyte a second.
      }
      return true;
    });
    try (InputStream first = edge.open(PATH).body()) {
      byte[] start = first.readNBytes(100_000);
      List<CompletableFuture<HttpResponse<byte[]>>> answers = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        answers.add(edge.getLater(PATH));
      }
      for (CompletableFuture<HttpResponse<byte[]>> answer : answers) {
        assertThat(Arrays.equals(answer.get().body(), BLOB)).isTrue();
      }
      byte[] rest = first.readAllBytes();
      assertThat(start).isEqualTo(Arrays.copyOf(BLOB, start.length));
      assertThat(Arrays.equals(rest, Arrays.copyOfRange(BLOB, start.length, HUGE))).isTrue();
    }
    assertThat(registry.count("GET", PATH)).isEqualTo(3);
    assertThat(sentToTheFirst.get()).isLessThan(HUGE / 2);
    await().until(() -> edge.metric("outcrop_fills_running") == 0);
    assertThat(edge.metric("outcrop_store_content")).isLessThan(14);
  }

  /** The others' transfer breaks for good; the one who had joined them fetches by itself again. */
  @Test
  void goesOnByItselfWhenWhatItJoinedBreaks() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    registry.fault((request, reply) -> {
      if (!request.is("GET", PATH)) {
        return false;
      }
      int number = asked.incrementAndGet();
      if (number == 2) {
        int at = reply.begin(BLOB);
        for (; at < 1_000_000; at += 10_000) {
          reply.write(BLOB, at, at + 10_000);
          LockSupport.parkNanos(5_000_000);
        }
        gate.await();
        return reply.cut();
      } else if (number == 3) { // For the others; of wrong bytes at its end.
        byte[] wrong = BLOB.clone();
        wrong[HUGE - 1]++;
        int at = reply.begin(wrong);
        reply.write(wrong, at, HUGE);
        return true;
      }
      return false;
    });
    try (InputStream first = edge.open(PATH).body()) {
      byte[] start = first.readNBytes(100_000);
      CompletableFuture<HttpResponse<byte[]>> other = edge.getLater(PATH);
      byte[] rest = first.readAllBytes();

      assertThat(start).isEqualTo(Arrays.copyOf(BLOB, start.length));
      assertThat(Arrays.equals(rest, Arrays.copyOfRange(BLOB, start.length, HUGE))).isTrue();
      assertThat(other).failsWithin(Duration.ofSeconds(20));
    }
    assertThat(registry.count("GET", PATH)).isBetween(4, 5);
  }
}
