package io.outcrop.proxy;

import static io.outcrop.proxy.Samples.manifest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.outcrop.oci.Digest;
import io.outcrop.proxy.config.UpstreamConfig.TagConfig;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a tag means: how long it is believed, how it is asked again, and what if it cannot be. */
final class EdgeTagsTest {

  private static final byte[] OLD = manifest("old");
  private static final byte[] NEW = manifest("new");
  private static final String LATEST = "/v2/org/app/manifests/latest";
  private static final Duration FRESH = Duration.ofMinutes(5);
  private static final Duration STALE = Duration.ofHours(1);

  /** Asked again as soon as it is no longer fresh. */
  private static final TagConfig STRICT =
      new TagConfig(FRESH, Duration.ZERO, Duration.ofMillis(300), List.of());

  @TempDir Path folder;
  private TestRegistry registry;
  private TestEdge edge;

  @BeforeEach
  void start() throws IOException {
    registry = new TestRegistry();
    registry.manifest("org/app", "latest", OLD);
  }

  @AfterEach
  void stop() throws IOException {
    edge.close();
    registry.close();
  }

  @Test
  void answersAFreshTagWithoutAsking() throws IOException {
    edge = edge(STRICT);
    assertServes(OLD);
    registry.manifest("org/app", "latest", NEW);
    edge.clock().advance(FRESH.minusSeconds(1));
    for (int i = 0; i < 5; i++) {
      assertServes(OLD);
      assertThat(edge.head(LATEST).statusCode()).isEqualTo(200);
    }
    assertThat(registry.count()).isEqualTo(1);
  }

  @Test
  void asksByHeadOnlyWhenNothingHasChanged() throws IOException {
    edge = edge(STRICT);
    assertServes(OLD);
    registry.forgetRequests();
    edge.clock().advance(FRESH.plusSeconds(1));
    HttpResponse<byte[]> response = assertServes(OLD);
    assertThat(response.headers().firstValue("Cache-Status"))
        .hasValue("outcrop; hit; detail=revalidated");
    assertThat(registry.count("HEAD", "/manifests/latest")).isEqualTo(1);
    assertThat(registry.count()).isEqualTo(1);
    assertServes(OLD);
    assertThat(registry.count()).as("fresh again").isEqualTo(1);
  }

  @Test
  void fetchesWhatATagMeansNow() throws IOException {
    edge = edge(STRICT);
    assertServes(OLD);
    registry.manifest("org/app", "latest", NEW);
    edge.clock().advance(FRESH.plusSeconds(1));
    assertServes(NEW);
    assertThat(edge.get("/v2/org/app/manifests/" + Digest.sha256(OLD)).body())
        .as("the old one stays, by digest")
        .isEqualTo(OLD);
  }

  @Test
  void answersAStaleTagAtOnceAndAsksBehind() throws Exception {
    edge = edge(new TagConfig(FRESH, STALE, Duration.ZERO, List.of()));
    assertServes(OLD);
    registry.manifest("org/app", "latest", NEW);
    CountDownLatch gate = new CountDownLatch(1);
    registry.fault((request, reply) -> {
      gate.await();
      return false;
    });
    edge.clock().advance(FRESH.plusSeconds(1));
    assertServes(OLD);
    await().until(() -> registry.count("HEAD", LATEST) == 1);
    assertServes(OLD);
    gate.countDown();
    await().untilAsserted(() -> assertServes(NEW));
    assertThat(registry.count("HEAD", LATEST)).isEqualTo(1);
  }

  @Test
  void asksFirstWhenATagIsOlderThanStaleWhileRevalidateAllows() throws IOException {
    edge = edge(new TagConfig(FRESH, STALE, Duration.ZERO, List.of()));
    assertServes(OLD);
    registry.manifest("org/app", "latest", NEW);
    edge.clock().advance(FRESH.plus(STALE).plusSeconds(1));
    assertServes(NEW);
  }

  @Test
  void fetchesOnceForFiftyWhoAskAtTheSameTime() throws Exception {
    edge = edge(STRICT);
    CountDownLatch gate = new CountDownLatch(1);
    registry.fault((request, reply) -> {
      gate.await();
      return false;
    });
    List<CompletableFuture<HttpResponse<byte[]>>> answers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      answers.add(edge.getLater(LATEST));
    }
    await().until(() -> edge.metric("outcrop_requests_active") == 50);
    gate.countDown();
    for (CompletableFuture<HttpResponse<byte[]>> answer : answers) {
      assertThat(answer.get().body()).isEqualTo(OLD);
    }
    assertThat(registry.count()).isEqualTo(1);
  }

  @Test
  void servesLastKnownManifestWhenUpstreamIsDown() throws IOException {
    edge = edge(STRICT);
    assertServes(OLD);
    registry.stop();
    edge.clock().advance(Duration.ofMinutes(10));
    HttpResponse<byte[]> response = assertServes(OLD);
    assertThat(response.headers().firstValue("Warning"))
        .hasValueSatisfying(warning ->
            assertThat(warning)
                .startsWith("299 - \"outcrop: last confirmed by registry.test 10m0s ago"));
    assertThat(response.headers().firstValue("Cache-Status").orElse("")).contains("stale");
    assertThat(edge.metric("outcrop_requests_seconds_count", "outcome=\"stale\"")).isEqualTo(1);
    assertThat(edge.metric("outcrop_tag_staleness_seconds_sum", "namespace=\"registry.test\""))
        .isEqualTo(600);
  }

  @Test
  void servesLastKnownManifestWhenUpstreamLimitsTheRate() throws IOException {
    edge = edge(STRICT);
    assertServes(OLD);
    registry.fault((request, reply) -> reply.send(429, "", "Retry-After: 3600"));
    edge.clock().advance(FRESH.plusSeconds(1));
    assertStale();
    registry.heal();
    edge.clock().advance(Duration.ofHours(2));
    assertThat(assertServes(OLD).headers().firstValue("Warning")).isEmpty();
  }

  @Test
  void servesLastKnownManifestWhenUpstreamIsSlow() throws IOException {
    edge = edge(STRICT);
    assertServes(OLD);
    registry.fault((request, reply) -> reply.hang());
    edge.clock().advance(FRESH.plusSeconds(1));
    assertStale();
  }

  @Test
  void servesLastKnownManifestWhenUpstreamSendsNonsense() throws IOException {
    edge = edge(STRICT);
    assertServes(OLD);
    registry.fault((request, reply) -> reply.send(200, "<html>", "Content-Type: text/html"));
    edge.clock().advance(FRESH.plusSeconds(1));
    assertStale();
  }

  @Test
  void forgetsATagThatTheUpstreamNoLongerHas() throws IOException {
    edge = edge(STRICT);
    assertServes(OLD);
    registry.removeTag("org/app", "latest");
    edge.clock().advance(FRESH.plusSeconds(1));
    assertThat(edge.get(LATEST).statusCode()).isEqualTo(404);
    registry.stop();
    assertThat(edge.get(LATEST).statusCode()).as("not stale, gone").isIn(404, 503);
  }

  @Test
  void neverAsksForAnImmutableTagAgain() throws IOException {
    edge =
        TestEdge.in(folder)
            .immutable("org/app:v[0-9]+")
            .upstream("registry.test", registry.url())
            .start();
    registry.manifest("org/app", "v1", OLD);
    for (int i = 0; i < 3; i++) {
      edge.clock().advance(Duration.ofDays(1000));
      assertThat(edge.get("/v2/org/app/manifests/v1").body()).isEqualTo(OLD);
      assertThat(edge.get(LATEST).body()).isEqualTo(OLD);
    }
    assertThat(registry.count("GET", "/manifests/v1")).isEqualTo(1);
    assertThat(registry.count("HEAD", "/manifests/v1")).isZero();
    assertThat(registry.count("HEAD", "/manifests/latest")).as("the other is").isEqualTo(2);
  }

  @Test
  void remembersForAMomentThatATagIsUnknown() throws IOException {
    edge = edge(STRICT);
    String path = "/v2/org/app/manifests/soon";
    for (int i = 0; i < 5; i++) {
      assertThat(edge.get(path).statusCode()).isEqualTo(404);
    }
    assertThat(registry.count("GET", path)).isLessThanOrEqualTo(2);
    registry.manifest("org/app", "soon", NEW);
    await()
        .atMost(Duration.ofSeconds(5))
        .untilAsserted(() -> assertThat(edge.get(path).body()).isEqualTo(NEW));
  }

  @Test
  void servesWhatItKnewAfterARestartWithoutAnyUpstream() throws IOException {
    edge = edge(STRICT);
    assertServes(OLD);
    registry.stop();
    edge.restart();
    assertServes(OLD);
    edge.clock().advance(Duration.ofDays(30));
    assertStale();
    edge.restart();
    assertStale();
    registry.start();
    registry.manifest("org/app", "latest", NEW);
    await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertServes(NEW));
  }

  @Test
  void believesNothingLongerWhenTheClockIsSetBack() throws IOException {
    edge = edge(STRICT);
    assertServes(OLD);
    edge.clock().advance(Duration.ofDays(-1));
    registry.manifest("org/app", "latest", NEW);
    assertServes(NEW);
  }

  private TestEdge edge(TagConfig tags) throws IOException {
    return TestEdge.in(folder).tags(tags).upstream("registry.test", registry.url()).start();
  }

  private HttpResponse<byte[]> assertServes(byte[] manifest) throws IOException {
    HttpResponse<byte[]> response = edge.get(LATEST);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo(manifest);
    assertThat(response.headers().firstValue("Docker-Content-Digest"))
        .hasValue(Digest.sha256(manifest).toString());
    return response;
  }

  private void assertStale() throws IOException {
    assertThat(assertServes(OLD).headers().firstValue("Warning").orElse(""))
        .startsWith("299 - \"outcrop: last confirmed by registry.test ");
  }
}
