package io.outcrop.proxy.upstream;

import static io.outcrop.proxy.upstream.Fixture.APP;
import static io.outcrop.proxy.upstream.Fixture.LATEST;
import static io.outcrop.proxy.upstream.Fixture.MANIFEST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.outcrop.oci.MediaType;
import io.outcrop.proxy.config.UpstreamConfig.UpstreamTimeouts;
import io.outcrop.proxy.upstream.UpstreamStatus.Circuit;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class UpstreamFailoverTest {

  private static final String OK = "HTTP/1.1 200 OK\r\ncontent-type: " + MediaType.OCI_MANIFEST;
  private static final String GONE = "HTTP/1.1 404 Not Found";

  private final Fixture fixture = new Fixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  private static RawServer good() throws Exception {
    return new RawServer((_, to) -> to.send(OK, MANIFEST));
  }

  private static RawServer answering(String head) throws Exception {
    return new RawServer((_, to) -> to.send(head));
  }

  @Test
  void nobodyListens_asksTheNext() throws Exception {
    try (RawServer next = good()) {
      Upstream upstream = fixture.open("http://127.0.0.1:" + RawServer.freePort(), next.url());
      assertThat(upstream.getManifest(APP, LATEST).bytes()).isEqualTo(MANIFEST);
      assertThat(upstream.status().endpoints().getFirst().circuit()).isNotEqualTo(Circuit.CLOSED);
      assertThat(upstream.status().healthy()).isTrue();
    }
  }

  @Test
  void serverErrorAndRateLimit_askTheNext() throws Exception {
    try (RawServer broken = answering("HTTP/1.1 503 No");
        RawServer busy = answering("HTTP/1.1 429 No");
        RawServer next = good()) {
      Upstream upstream = fixture.open(broken.url(), busy.url(), next.url());
      assertThat(upstream.getManifest(APP, LATEST).bytes()).isEqualTo(MANIFEST);
    }
  }

  @Test
  void unknownAtTheFirst_knownAtTheSecond() throws Exception {
    try (RawServer mirror = answering(GONE);
        RawServer origin = good()) {
      assertThat(fixture.open(mirror.url(), origin.url()).getManifest(APP, LATEST).bytes())
          .isEqualTo(MANIFEST);
    }
  }

  @Test
  void unknownAtTheFirst_secondDown_isNotFound() throws Exception {
    try (RawServer first = answering(GONE)) {
      Upstream upstream = fixture.open(first.url(), "http://127.0.0.1:" + RawServer.freePort());
      assertThatThrownBy(() -> upstream.getManifest(APP, LATEST))
          .isInstanceOf(UpstreamException.NotFound.class);
    }
  }

  @Test
  void rateLimitedAtTheFirst_unknownAtTheSecond_isNotNotFound() throws Exception {
    try (RawServer first = answering("HTTP/1.1 429 No");
        RawServer second = answering(GONE)) {
      Upstream upstream = fixture.open(first.url(), second.url());
      assertThatThrownBy(() -> upstream.getManifest(APP, LATEST))
          .isInstanceOf(UpstreamException.RateLimited.class);
    }
  }

  @Test
  void denied_endsTheSearch() throws Exception {
    try (RawServer first = answering("HTTP/1.1 403 No");
        RawServer second = good()) {
      Upstream upstream = fixture.open(first.url(), second.url());
      assertThatThrownBy(() -> upstream.getManifest(APP, LATEST))
          .isInstanceOf(UpstreamException.Denied.class);
      assertThat(second.requests()).isEmpty();
    }
  }

  @Test
  void down_failsAtOnceAndRecoversByItself() throws Exception {
    int port = RawServer.freePort();
    Upstream upstream = fixture.open("http://127.0.0.1:" + port);
    assertThatThrownBy(() -> upstream.getManifest(APP, LATEST))
        .isInstanceOf(UpstreamException.Unavailable.class)
        .hasMessageContaining("127.0.0.1:" + port);
    assertThatThrownBy(() -> upstream.getManifest(APP, LATEST))
        .isInstanceOf(UpstreamException.Unavailable.class)
        .hasMessageContaining("is unhealthy");
    assertThat(fixture.meters.get("outcrop.upstream.healthy").gauge().value()).isZero();

    ServerSocket socket = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
    try (RawServer server = new RawServer(socket, (_, to) -> to.send(OK, MANIFEST))) {
      await().atMost(Duration.ofSeconds(10)).until(() -> upstream.status().healthy());
      assertThat(server.requests().getFirst().path()).isEqualTo("/v2/");
      assertThat(upstream.getManifest(APP, LATEST).bytes()).isEqualTo(MANIFEST);
      assertThat(fixture.meters.get("outcrop.upstream.healthy").gauge().value()).isOne();
      assertThat(upstream.status().endpoints().getFirst().lastError()).isPresent();
    }
  }

  @Test
  void serverErrors_openTheCircuitAfterSome() throws Exception {
    try (RawServer server = answering("HTTP/1.1 500 No")) {
      Upstream upstream = fixture.open(server.url());
      for (int i = 0; i < 5; i++) {
        assertThat(upstream.status().healthy()).isTrue();
        assertThatThrownBy(() -> upstream.getManifest(APP, LATEST))
            .isInstanceOf(UpstreamException.Unavailable.class)
            .hasMessageContaining("answered 500");
      }
      assertThat(upstream.status().healthy()).isFalse();
    }
  }

  @Test
  void blackHole_isLeftAtOnce() throws Exception {
    try (RawServer silent = new RawServer((_, to) -> to.hang())) {
      UpstreamTimeouts quick =
          new UpstreamTimeouts(
              Duration.ofSeconds(2), Duration.ofMillis(300), Duration.ofMillis(300));
      Upstream upstream = fixture.open(config -> config.waiting(quick), silent.url());
      assertThatThrownBy(() -> upstream.getManifest(APP, LATEST))
          .isInstanceOf(UpstreamException.Unavailable.class)
          .hasMessageContaining("no answer in time");
      assertThat(silent.requests()).as("a timeout is not tried again").hasSize(1);
      assertThat(upstream.status().healthy()).isFalse();
    }
  }

  @Test
  void unknownHost() {
    assertThatThrownBy(() -> fixture.open("http://nowhere.invalid").getManifest(APP, LATEST))
        .isInstanceOf(UpstreamException.Unavailable.class)
        .hasMessageContaining("host name unknown");
  }

  @Test
  void nobodyAsksAnyMore_nobodyProbes() throws Exception {
    try (RawServer server = answering("HTTP/1.1 500 No")) {
      Upstream upstream = fixture.open(server.url());
      for (int i = 0; i < 5; i++) {
        assertThatThrownBy(() -> upstream.getManifest(APP, LATEST))
            .isInstanceOf(UpstreamException.class);
      }
      fixture.clock.advance(Duration.ofMinutes(5));
      server.handle((_, to) -> to.send(OK, MANIFEST));
      await()
          .atMost(Duration.ofSeconds(10))
          .ignoreExceptionsInstanceOf(UpstreamException.class)
          .untilAsserted(
              () -> assertThat(upstream.getManifest(APP, LATEST).bytes()).isEqualTo(MANIFEST));
    }
  }

  @Test
  void brokenConnection_isTriedAgain() throws Exception {
    try (RawServer server = new RawServer((_, _) -> false)) {
      Upstream upstream = fixture.open(server.url());
      server.handle((_, to) -> server.requests().size() > 2 ? to.send(OK, MANIFEST) : false);
      assertThat(upstream.getManifest(APP, LATEST).bytes()).isEqualTo(MANIFEST);
    }
  }
}
