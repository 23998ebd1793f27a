package io.outcrop.proxy.upstream;

import static io.outcrop.proxy.upstream.Fixture.APP;
import static io.outcrop.proxy.upstream.Fixture.LATEST;
import static io.outcrop.proxy.upstream.Fixture.MANIFEST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.outcrop.oci.MediaType;
import io.outcrop.oci.RepositoryName;
import io.outcrop.proxy.config.CredentialConfig;
import io.outcrop.proxy.config.UpstreamConfig.UpstreamTimeouts;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class UpstreamLoginTest {

  private static final String OK = "HTTP/1.1 200 OK\r\ncontent-type: " + MediaType.OCI_MANIFEST;
  private static final String SECRET = "s3cr3t-passw0rd";
  private static final CredentialConfig USER =
      new CredentialConfig.UserEnvironment("edge", "PASSWORD");
  private static final String BASIC =
      "Basic "
          + Base64.getEncoder().encodeToString(("edge:" + SECRET).getBytes(StandardCharsets.UTF_8));

  private final Fixture fixture = new Fixture();
  private final AtomicInteger issued = new AtomicInteger();
  private volatile String accepted = "Bearer token-1";
  private volatile String answer = "{\"token\":\"token-%d\",\"expires_in\":300}";

  @AfterEach
  void close() {
    fixture.close();
  }

  /** A registry that asks for tokens at its own {@code /token}. */
  private RawServer registry() throws Exception {
    fixture.environment.put("PASSWORD", SECRET);
    RawServer server = new RawServer((_, _) -> false);
    server.handle((request, to) -> {
      if (request.path().startsWith("/token")) {
        return token(to);
      }
      return request.header("Authorization").equals(Optional.of(accepted))
          ? to.send(OK, MANIFEST)
          : challenge(request, to, server.url() + "/token");
    });
    return server;
  }

  private boolean token(RawServer.Exchange to) throws Exception {
    return to.send(
        "HTTP/1.1 200 OK",
        answer.formatted(issued.incrementAndGet()).getBytes(StandardCharsets.UTF_8));
  }

  private static boolean challenge(RawServer.Request request, RawServer.Exchange to, String realm)
      throws Exception {
    String repository = request.path().replaceFirst("^/v2/", "").replaceFirst("/manifests/.*", "");
    return to.send(
        "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: bearer Realm=\""
            + realm
            + "\",service=\"the registry\",scope=\"repository:"
            + repository
            + ":pull,push\"");
  }

  private static List<String> tokenRequests(RawServer server) {
    return server.requests().stream()
        .filter(request -> request.path().startsWith("/token"))
        .map(request -> URLDecoder.decode(request.line(), StandardCharsets.UTF_8))
        .toList();
  }

  @Test
  void bearer_anonymous() throws Exception {
    try (RawServer server = registry()) {
      FetchedManifest manifest = fixture.open(server.url()).getManifest(APP, LATEST);

      assertThat(manifest.anonymous()).as("nobody in particular got the token").isTrue();
      assertThat(tokenRequests(server))
          .containsExactly(
              "GET /token?service=the registry&scope=repository:org/app:pull HTTP/1.1");
    }
  }

  @Test
  void bearer_withPassword_sendsItToTheTokenServerOnly() throws Exception {
    try (RawServer server = registry()) {
      Upstream upstream = fixture.open(config -> config.login(USER), server.url());

      assertThat(upstream.getManifest(APP, LATEST).anonymous()).isFalse();
      assertThat(server.requests())
          .allSatisfy(request -> {
            if (request.path().startsWith("/token")) {
              assertThat(request.header("Authorization")).contains(BASIC);
            } else {
              assertThat(request.header("Authorization")).isNotEqualTo(BASIC);
            }
          });
    }
  }

  @Test
  void bearer_isRememberedAndRenewedBeforeItExpires() throws Exception {
    try (RawServer server = registry()) {
      Upstream upstream = fixture.open(server.url());
      upstream.getManifest(APP, LATEST);
      upstream.getManifest(APP, LATEST);
      assertThat(server.requests()).as("401, token, 200, 200").hasSize(4);

      fixture.clock.advance(Duration.ofSeconds(271));
      accepted = "Bearer token-2";
      upstream.getManifest(APP, LATEST);
      assertThat(server.requests()).as("token, 200").hasSize(6);
    }
  }

  @Test
  void bearer_withoutLifetime_livesForAMinute() throws Exception {
    answer = "{\"access_token\":\"token-%d\"}";
    try (RawServer server = registry()) {
      Upstream upstream = fixture.open(server.url());
      upstream.getManifest(APP, LATEST);
      fixture.clock.advance(Duration.ofSeconds(40));
      upstream.getManifest(APP, LATEST);
      assertThat(issued).hasValue(1);

      fixture.clock.advance(Duration.ofSeconds(15));
      accepted = "Bearer token-2";
      upstream.getManifest(APP, LATEST);
      assertThat(issued).hasValue(2);
    }
  }

  @Test
  void bearer_anotherRepository_isNotSentInVain() throws Exception {
    try (RawServer server = registry()) {
      Upstream upstream = fixture.open(server.url());
      upstream.getManifest(APP, LATEST);
      accepted = "Bearer token-2";
      upstream.getManifest(new RepositoryName("org/other"), LATEST);

      assertThat(tokenRequests(server).getLast()).contains("repository:org/other:pull");
      assertThat(server.requests()).as("401, token, 200, token, 200").hasSize(5);
    }
  }

  @Test
  void bearer_revoked_isRenewedOnce() throws Exception {
    try (RawServer server = registry()) {
      Upstream upstream = fixture.open(server.url());
      upstream.getManifest(APP, LATEST);
      accepted = "Bearer token-2";
      upstream.getManifest(APP, LATEST);
      assertThat(issued).hasValue(2);
    }
  }

  @Test
  void bearer_neverAccepted_isDeniedWithoutLoop() throws Exception {
    accepted = "nothing";
    try (RawServer server = registry()) {
      Upstream upstream = fixture.open(server.url());
      assertThatThrownBy(() -> upstream.getManifest(APP, LATEST))
          .isInstanceOf(UpstreamException.Denied.class)
          .hasMessageContaining("after a login");
      assertThat(server.requests()).as("401, token, 401").hasSize(3);
      assertThat(upstream.status().healthy()).isTrue();
    }
  }

  @Test
  void bearer_manyAtOnce_oneTokenRequest() throws Exception {
    try (RawServer server = registry();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Upstream upstream = fixture.open(server.url());
      List<Future<FetchedManifest>> all =
          IntStream.range(0, 20)
              .mapToObj(_ -> threads.submit(() -> upstream.getManifest(APP, LATEST)))
              .toList();
      for (Future<FetchedManifest> one : all) {
        assertThat(one.get().bytes()).isEqualTo(MANIFEST);
      }
      assertThat(issued).hasValue(1);
    }
  }

  @Test
  void bearer_foreignRealm_isNotAsked() throws Exception {
    try (RawServer collector = new RawServer((_, to) -> token(to));
        RawServer server =
            new RawServer(
                (request, to) -> challenge(request, to, collector.otherUrl() + "/token"))) {
      fixture.environment.put("PASSWORD", SECRET);
      assertThatThrownBy(() ->
              fixture.open(config -> config.login(USER), server.url()).getManifest(APP, LATEST))
          .isInstanceOf(UpstreamException.Denied.class)
          .hasMessageContaining("localhost")
          .hasMessageContaining("tokenHosts");
      assertThat(collector.requests()).isEmpty();
    }
  }

  @Test
  void bearer_foreignRealmThatIsTrusted() throws Exception {
    try (RawServer collector = new RawServer((_, to) -> token(to));
        RawServer server = new RawServer((_, _) -> false)) {
      server.handle((request, to) ->
          request.header("Authorization").isPresent()
              ? to.send(OK, MANIFEST)
              : challenge(request, to, collector.otherUrl() + "/token"));
      fixture.open(config -> config.tokensFrom("localhost"), server.url()).getManifest(APP, LATEST);
      assertThat(collector.requests()).hasSize(1);
    }
  }

  @Test
  void bearer_slowTokenServer_isBounded() throws Exception {
    try (RawServer server = registry()) {
      server.handle((request, to) ->
          request.path().startsWith("/token")
              ? to.hang()
              : challenge(request, to, server.url() + "/token"));
      UpstreamTimeouts quick =
          new UpstreamTimeouts(
              Duration.ofSeconds(2), Duration.ofMillis(300), Duration.ofMillis(500));
      assertThatThrownBy(() ->
              fixture.open(config -> config.waiting(quick), server.url()).getManifest(APP, LATEST))
          .isInstanceOf(UpstreamException.Unavailable.class)
          .hasMessageContaining("token server");
    }
  }

  @Test
  void bearer_uselessTokens() throws Exception {
    for (String useless : List.of("{}", "<html>", "{\"token\":\"a b\"}", " ".repeat(300_000))) {
      answer = useless;
      try (RawServer server = registry()) {
        assertThatThrownBy(() -> fixture.open(server.url()).getManifest(APP, LATEST))
            .isInstanceOf(UpstreamException.Invalid.class);
      }
    }
  }

  @Test
  void bearer_tokenServerKnowsPostOnly() throws Exception {
    try (RawServer server = registry()) {
      RawServer.Handler before =
          (request, to) ->
              request.line().startsWith("GET /token")
                  ? to.send("HTTP/1.1 405 No")
                  : request.line().startsWith("POST /token")
                      ? token(to)
                      : request.header("Authorization").isPresent()
                          ? to.send(OK, MANIFEST)
                          : challenge(request, to, server.url() + "/token");
      server.handle(before);
      fixture.open(config -> config.login(USER), server.url()).getManifest(APP, LATEST);
      assertThat(server.requests()).hasSize(4);
    }
  }

  @Test
  void bearer_identityToken_isPosted(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("config.json");
    Files.writeString(
        file, "{\"auths\":{\"https://registry.test/v2/\":{\"identitytoken\":\"refresh-me\"}}}");
    try (RawServer server = registry()) {
      fixture
          .open(config -> config.login(new CredentialConfig.DockerConfig(file)), server.url())
          .getManifest(APP, LATEST);
      assertThat(tokenRequests(server)).containsExactly("POST /token HTTP/1.1");
    }
  }

  @Test
  void basic_isSentAfterAChallengeOnly() throws Exception {
    fixture.environment.put("PASSWORD", SECRET);
    try (RawServer server =
        new RawServer((request, to) ->
            request.header("Authorization").filter(BASIC::equals).isPresent()
                ? to.send(OK, MANIFEST)
                : to.send(
                    "HTTP/1.1 401 No\r\nwww-authenticate: Negotiate\r\n"
                        + "www-authenticate: Basic realm=\"x\""))) {
      Upstream upstream = fixture.open(config -> config.login(USER), server.url());
      assertThat(upstream.getManifest(APP, LATEST).anonymous()).isFalse();
      upstream.getManifest(APP, LATEST);
      assertThat(server.requests()).as("401, 200, 200").hasSize(3);
      assertThat(server.requests().getFirst().header("Authorization")).isEmpty();
    }
  }

  @Test
  void basic_wrongPassword_isSentOnce() throws Exception {
    fixture.environment.put("PASSWORD", SECRET);
    try (RawServer server =
        new RawServer(
            (_, to) -> to.send("HTTP/1.1 401 No\r\nwww-authenticate: Basic realm=\"x\""))) {
      Upstream upstream = fixture.open(config -> config.login(USER), server.url());
      assertThatThrownBy(() -> upstream.getManifest(APP, LATEST))
          .isInstanceOf(UpstreamException.Denied.class)
          .satisfies(UpstreamLoginTest::hasNoSecret);
      assertThat(server.requests()).hasSize(2);
      assertThat(upstream.status().toString()).doesNotContain(SECRET);
    }
  }

  @Test
  void basic_nobodyToBe() throws Exception {
    try (RawServer server =
        new RawServer(
            (_, to) -> to.send("HTTP/1.1 401 No\r\nwww-authenticate: Basic realm=\"x\""))) {
      assertThatThrownBy(() -> fixture.open(server.url()).getManifest(APP, LATEST))
          .isInstanceOf(UpstreamException.Denied.class)
          .hasMessageContaining("credentials");
    }
  }

  @Test
  void secrets_areInNoMessage() throws Exception {
    fixture.environment.put("PASSWORD", SECRET);
    for (String status : List.of("400 No", "401 No", "403 No", "404 No", "429 No", "500 No")) {
      try (RawServer server = registry()) {
        server.handle((request, to) ->
            request.path().startsWith("/token")
                ? to.send("HTTP/1.1 " + status)
                : challenge(request, to, server.url() + "/token"));
        assertThatThrownBy(() ->
                fixture.open(config -> config.login(USER), server.url()).getManifest(APP, LATEST))
            .isInstanceOf(UpstreamException.class)
            .satisfies(UpstreamLoginTest::hasNoSecret);
      }
    }
    assertThat(new Credential.User("edge", SECRET).toString()).doesNotContain(SECRET);
    assertThat(new Credential.Identity(SECRET).toString()).doesNotContain(SECRET);
    assertThat(new Credential.Bearer(SECRET).toString()).doesNotContain(SECRET);
    assertThat(Token.of(SECRET, fixture.clock.instant(), Duration.ofMinutes(1)).toString())
        .doesNotContain(SECRET);
  }

  private static void hasNoSecret(Throwable thrown) {
    StringWriter all = new StringWriter();
    thrown.printStackTrace(new PrintWriter(all));
    assertThat(all.toString()).doesNotContain(SECRET).doesNotContain(BASIC.substring(6));
  }
}
