package io.outcrop.proxy.upstream;

import static io.outcrop.proxy.upstream.Fixture.APP;
import static io.outcrop.proxy.upstream.Fixture.BLOB;
import static io.outcrop.proxy.upstream.Fixture.BLOB_DIGEST;
import static io.outcrop.proxy.upstream.Fixture.LATEST;
import static io.outcrop.proxy.upstream.Fixture.MANIFEST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.proxy.config.ByteSize;
import io.outcrop.proxy.config.UpstreamConfig.UpstreamLimits;
import io.outcrop.proxy.upstream.UpstreamStatus.RateLimit;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class UpstreamRateLimitTest {

  private static final String OK =
      "HTTP/1.1 200 OK\r\ndocker-content-digest: "
          + Digest.sha256(MANIFEST)
          + "\r\ncontent-type: "
          + MediaType.OCI_MANIFEST;
  private static final String BUDGET =
      "\r\nratelimit-limit: 100;w=21600\r\nratelimit-remaining: 76;w=21600"
          + "\r\ndocker-ratelimit-source: 192.0.2.1";

  private final Fixture fixture = new Fixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void budget_isTold() throws Exception {
    try (RawServer server = new RawServer((_, to) -> to.send(OK + BUDGET, MANIFEST))) {
      Upstream upstream = fixture.open(server.url());
      upstream.getManifest(APP, LATEST);
      RateLimit limit = upstream.status().endpoints().getFirst().rateLimit();
      assertThat(limit.limit()).hasValue(100);
      assertThat(limit.remaining()).hasValue(76);
      assertThat(limit.window()).contains(Duration.ofHours(6));
      assertThat(limit.source()).contains("192.0.2.1");
      assertThat(fixture.meters.get("outcrop.upstream.ratelimit.remaining").gauge().value())
          .isEqualTo(76);
    }
  }

  @Test
  void tooMany_isSilentForSoManySeconds() throws Exception {
    silentFor("7");
  }

  @Test
  void tooMany_isSilentUntilADate() throws Exception {
    silentFor("Thu, 01 Jan 2026 00:00:07 GMT");
  }

  private void silentFor(String retryAfter) throws Exception {
    String refusal = "HTTP/1.1 429 No\r\nretry-after: " + retryAfter;
    try (RawServer server = new RawServer((_, to) -> to.send(refusal))) {
      Upstream upstream = fixture.open(server.url());
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> upstream.getManifest(APP, LATEST))
            .isInstanceOfSatisfying(
                UpstreamException.RateLimited.class,
                e -> assertThat(e.retryAfter()).isEqualTo(Duration.ofSeconds(7)));
      }
      assertThat(server.requests()).hasSize(1);
      assertThat(upstream.status().healthy()).isTrue();

      fixture.clock.advance(Duration.ofSeconds(7));
      server.handle((_, to) -> to.send(OK, MANIFEST));
      upstream.getManifest(APP, LATEST);
    }
  }

  @Test
  void tooManyFetches_headStillGoes() throws Exception {
    try (RawServer server =
        new RawServer((request, to) ->
            request.line().startsWith("HEAD") ? to.send(OK) : to.send("HTTP/1.1 429 No"))) {
      Upstream upstream = fixture.open(server.url());
      assertThatThrownBy(() -> upstream.getManifest(APP, LATEST))
          .isInstanceOf(UpstreamException.RateLimited.class);
      assertThat(upstream.headManifest(APP, LATEST)).isInstanceOf(ManifestHead.HeadOnly.class);
    }
  }

  @Test
  void tooManyHeads_nothingGoes() throws Exception {
    try (RawServer server = new RawServer((_, to) -> to.send("HTTP/1.1 429 No"))) {
      Upstream upstream = fixture.open(server.url());
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> upstream.headManifest(APP, LATEST))
            .isInstanceOf(UpstreamException.RateLimited.class);
      }
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void blobsHoldAllTheirPlaces_manifestsStillGo() throws Exception {
    UpstreamLimits two = new UpstreamLimits(2, Optional.empty(), Optional.empty());
    try (RawServer server =
        new RawServer((request, to) ->
            request.path().contains("/blobs/")
                ? to.send("HTTP/1.1 200 OK", BLOB)
                : to.send(OK, MANIFEST))) {
      Upstream upstream = fixture.open(config -> config.limited(two), server.url());
      BlobStream held = upstream.openBlob(APP, BLOB_DIGEST, 0);
      assertThat(upstream.getManifest(APP, LATEST).bytes()).isEqualTo(MANIFEST);
      Thread second =
          Thread.startVirtualThread(() -> {
            try (BlobStream stream = upstream.openBlob(APP, BLOB_DIGEST, 0)) {
              assertThat(stream.offset()).isZero();
            } catch (UpstreamException e) {
              throw new AssertionError(e);
            }
          });
      assertThat(second.join(Duration.ofMillis(100))).as("waits").isFalse();
      held.close();
      assertThat(second.join(Duration.ofSeconds(5))).as("its turn").isTrue();
    }
  }

  @Test
  void bandwidth_isKept() throws Exception {
    UpstreamLimits slow =
        new UpstreamLimits(8, Optional.empty(), Optional.of(new ByteSize(1_000_000)));
    byte[] blob = new byte[600_000];
    try (RawServer server = new RawServer((_, to) -> to.send("HTTP/1.1 200 OK", blob))) {
      Upstream upstream = fixture.open(config -> config.limited(slow), server.url());
      long start = System.nanoTime();
      try (BlobStream stream = upstream.openBlob(APP, Digest.sha256(blob), 0)) {
        assertThat(Fixture.readAll(stream)).hasSize(600_000);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .as("600 kB at 1 MB/s, a quarter of a second ahead")
          .isBetween(Duration.ofMillis(340), Duration.ofSeconds(5));
    }
  }
}
