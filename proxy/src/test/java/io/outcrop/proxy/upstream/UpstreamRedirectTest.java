package io.outcrop.proxy.upstream;

import static io.outcrop.proxy.upstream.Fixture.APP;
import static io.outcrop.proxy.upstream.Fixture.BLOB;
import static io.outcrop.proxy.upstream.Fixture.BLOB_DIGEST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.outcrop.proxy.config.CredentialConfig;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UpstreamRedirectTest {

  private static final String OK = "HTTP/1.1 200 OK";
  private static final byte[] TAIL = Arrays.copyOfRange(BLOB, 10, 36);

  private final Fixture fixture = new Fixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  private static RawServer to(String location, int status) throws Exception {
    return new RawServer((request, to) ->
        request.header("Authorization").isPresent()
            ? to.send("HTTP/1.1 " + status + " There\r\nlocation: " + location)
            : to.send("HTTP/1.1 401 Who\r\nwww-authenticate: Basic realm=\"x\""));
  }

  private Upstream user(RawServer server) {
    fixture.environment.put("PASSWORD", "hidden");
    return fixture.open(
        config -> config.login(new CredentialConfig.UserEnvironment("edge", "PASSWORD")),
        server.url());
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void toAnotherHost_carriesTheRangeAndNoCredential(int status) throws Exception {
    try (RawServer cdn =
            new RawServer(
                (_, to) -> to.send("HTTP/1.1 206 Part\r\ncontent-range: bytes 10-35/36", TAIL));
        RawServer server = to(cdn.otherUrl() + "/layer?signature=s", status);
        BlobStream stream = user(server).openBlob(APP, BLOB_DIGEST, 10)) {
      assertThat(Fixture.readAll(stream)).isEqualTo(TAIL);
      assertThat(stream.anonymous()).isFalse();
      assertThat(stream.endpoint()).hasToString(server.url());
      RawServer.Request request = cdn.requests().getFirst();
      assertThat(request.path()).isEqualTo("/layer?signature=s");
      assertThat(request.header("Range")).contains("bytes=10-");
      assertThat(request.header("Authorization")).isEmpty();
    }
  }

  @Test
  void toAnotherPort_carriesNoCredential() throws Exception {
    try (RawServer cdn = new RawServer((_, to) -> to.send(OK, BLOB));
        RawServer server = to(cdn.url() + "/layer", 307);
        BlobStream stream = user(server).openBlob(APP, BLOB_DIGEST, 0)) {
      assertThat(Fixture.readAll(stream)).isEqualTo(BLOB);
      assertThat(cdn.requests().getFirst().header("Authorization")).isEmpty();
    }
  }

  @Test
  void relative_staysAtHomeWithTheCredential() throws Exception {
    try (RawServer server =
        new RawServer((request, to) ->
            request.header("Authorization").isEmpty()
                ? to.send("HTTP/1.1 401 Who\r\nwww-authenticate: Basic realm=\"x\"")
                : request.path().startsWith("/v2/")
                    ? to.send("HTTP/1.1 307 There\r\nlocation: /store/x")
                    : to.send(OK, BLOB))) {
      try (BlobStream stream = user(server).openBlob(APP, BLOB_DIGEST, 0)) {
        assertThat(Fixture.readAll(stream)).isEqualTo(BLOB);
      }
      assertThat(server.requests().getLast().header("Authorization")).isPresent();
    }
  }

  @Test
  void isAskedForAnewEachTime() throws Exception {
    try (RawServer cdn = new RawServer((_, to) -> to.send(OK, BLOB));
        RawServer server =
            new RawServer(
                (_, to) -> to.send("HTTP/1.1 307 There\r\nlocation: " + cdn.otherUrl() + "/x"))) {
      Upstream upstream = fixture.open(server.url());
      upstream.openBlob(APP, BLOB_DIGEST, 0).close();
      upstream.openBlob(APP, BLOB_DIGEST, 0).close();
      assertThat(server.requests()).as("signed addresses expire").hasSize(2);
    }
  }

  @Test
  void endless() throws Exception {
    try (RawServer server =
        new RawServer((_, to) -> to.send("HTTP/1.1 302 There\r\nlocation: /again"))) {
      assertThatThrownBy(() -> fixture.open(server.url()).openBlob(APP, BLOB_DIGEST, 0))
          .isInstanceOf(UpstreamException.Invalid.class)
          .hasMessageContaining("more than 10 times");
      assertThat(server.requests()).hasSize(11);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ftp://127.0.0.1/x",
        "file:///etc/passwd",
        "http://",
        "h ttp://x",
        "http://x:99999/"
      })
  void nowhere(String location) throws Exception {
    try (RawServer server =
        new RawServer((_, to) -> to.send("HTTP/1.1 307 There\r\nlocation: " + location))) {
      assertThatThrownBy(() -> fixture.open(server.url()).openBlob(APP, BLOB_DIGEST, 0))
          .isInstanceOf(UpstreamException.Invalid.class);
    }
  }

  @Test
  void expiredAddress_isNotADenialAndNotTold() throws Exception {
    try (RawServer cdn = new RawServer((_, to) -> to.send("HTTP/1.1 403 Expired"));
        RawServer server =
            new RawServer((_, to) ->
                to.send("HTTP/1.1 307 There\r\nlocation: " + cdn.otherUrl() + "/x?sig=abc"))) {
      Upstream upstream = fixture.open(server.url());
      assertThatThrownBy(() -> upstream.openBlob(APP, BLOB_DIGEST, 0))
          .isInstanceOf(UpstreamException.Unavailable.class)
          .hasMessageNotContaining("sig=abc");
      assertThat(upstream.status().healthy()).as("the registry itself is").isTrue();
    }
  }

  @Test
  void deadTarget_leavesTheRegistryHealthy() throws Exception {
    int nobody = RawServer.freePort();
    try (RawServer server =
        new RawServer((_, to) ->
            to.send("HTTP/1.1 307 There\r\nlocation: http://localhost:" + nobody + "/x"))) {
      Upstream upstream = fixture.open(server.url());
      assertThatThrownBy(() -> upstream.openBlob(APP, BLOB_DIGEST, 0))
          .isInstanceOf(UpstreamException.Unavailable.class)
          .hasMessageContaining("redirected elsewhere");
      assertThat(upstream.status().healthy()).isTrue();
    }
  }
}
