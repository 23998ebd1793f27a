package io.outcrop.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Who may ask the admin listener, and in what words it refuses. */
final class AdminListenerTest {

  private static final String SECRET = "0123456789abcdef0123456789abcdef";

  @TempDir Path folder;
  private TestRegistry registry;

  @BeforeEach
  void start() throws IOException {
    registry = new TestRegistry();
  }

  @AfterEach
  void stop() throws IOException {
    registry.close();
  }

  private TestEdge.Builder edge() {
    return TestEdge.in(folder.resolve("data")).upstream("registry.test", registry.url());
  }

  private TestEdge.Builder withToken(String content) throws IOException {
    return edge().adminToken(Files.writeString(folder.resolve("token"), content));
  }

  private static RawHttp.Answer ask(TestEdge edge, String head) throws IOException {
    try (RawHttp client = new RawHttp(edge.adminPort())) {
      return client.send(head.replace("\n", "\r\n") + "\r\n\r\n").read();
    }
  }

  private static String get(String... headers) {
    return "GET /admin/v1/status HTTP/1.1\n" + String.join("\n", headers);
  }

  private static JsonNode problem(RawHttp.Answer answer) {
    assertThat(answer.header("Content-Type")).hasValue("application/problem+json");
    JsonNode problem =
        JsonMapper.shared().readTree(new String(answer.body(), StandardCharsets.UTF_8));
    assertThat(problem.path("status").asInt(0)).isEqualTo(answer.status());
    assertThat(problem.path("title").asString("")).isNotEmpty();
    return problem;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "localhost:5001",
        "127.0.0.1:5001",
        "127.0.0.2",
        "[::1]:5001",
        "LOCALHOST:1"
      })
  void answersUnderNamesOfThisMachine(String host) throws IOException {
    try (TestEdge edge = edge().start()) {
      assertThat(ask(edge, get("Host: " + host)).status()).isEqualTo(200);
      assertThat(ask(edge, get("Host: " + host, "Origin: http://" + host)).status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.test",
        "evil.test:5001",
        "localhost.evil.test",
        "127.0.0.1.evil.test",
        "",
        "[::1",
        "10.0.0.1:5001"
      })
  void refusesNamesThatAnotherSiteHasPointedHere(String host) throws IOException {
    try (TestEdge edge = edge().start()) {
      RawHttp.Answer answer = ask(edge, get("Host: " + host));
      assertThat(answer.status()).isEqualTo(403);
      assertThat(problem(answer).path("detail").asString("")).contains("expected: localhost");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://evil.test",
        "null",
        "http://localhost:3000",
        "https://localhost.evil.test"
      })
  void refusesPagesOfOtherSites(String origin) throws IOException {
    try (TestEdge edge = edge().start()) {
      RawHttp.Answer answer = ask(edge, get("Host: localhost:5001", "Origin: " + origin));
      assertThat(answer.status()).isEqualTo(403);
      assertThat(problem(answer).path("detail").asString("")).contains("Origin: " + origin);
      assertThat(answer.headers().keySet()).noneMatch(name -> name.contains("access-control"));
    }
  }

  @Test
  void asksForItsToken() throws IOException {
    try (TestEdge edge = withToken(SECRET + "\n").start()) {
      for (String wrong :
          new String[] {
            "X-Y: z",
            "Authorization: Bearer",
            "Authorization: Bearer " + SECRET.substring(1),
            "Authorization: Bearer " + SECRET + "0",
            "Authorization: Basic " + SECRET,
          }) {
        RawHttp.Answer answer = ask(edge, get("Host: localhost", wrong));
        assertThat(answer.status()).as(wrong).isEqualTo(401);
        assertThat(answer.header("WWW-Authenticate")).hasValue("Bearer realm=\"outcrop\"");
        assertThat(problem(answer).toString()).doesNotContain(SECRET);
      }
      assertThat(ask(edge, get("Host: edge.example", "Authorization: bearer " + SECRET)).status())
          .as("a name of its own is fine, as a page cannot know the token")
          .isEqualTo(200);
      assertThat(ask(edge, "GET /metrics HTTP/1.1\nHost: localhost").status()).isEqualTo(401);
      assertThat(ask(edge, "GET /livez HTTP/1.1\nHost: any").status()).isEqualTo(200);
      assertThat(ask(edge, "GET /readyz HTTP/1.1\nHost: any").status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "short", "fifteen letters", "has a blank in the middle of it"})
  void refusesToStartWithoutAUsableToken(String content) {
    assertThatThrownBy(() -> withToken(content).start())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("admin.tokenFile")
        .hasMessageContaining("openssl rand -hex 32")
        .message()
        .doesNotContain("\n");
  }

  @Test
  void refusesToStartWithoutTheFileOfItsToken() {
    assertThatThrownBy(() -> edge().adminToken(folder.resolve("none")).start())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("admin.tokenFile " + folder.resolve("none"));
  }

  @Test
  void saysWhichMethodsThereAre() throws IOException {
    try (TestEdge edge = edge().start()) {
      for (String method : new String[] {"PUT", "DELETE", "OPTIONS", "PATCH"}) {
        RawHttp.Answer answer = ask(edge, method + " /admin/v1/status HTTP/1.1\nHost: localhost");
        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.header("Allow")).hasValue("GET, HEAD");
        assertThat(problem(answer).path("detail").asString("")).startsWith(method);
      }
      RawHttp.Answer unknown = ask(edge, "GET /admin/v1/none HTTP/1.1\nHost: localhost");
      assertThat(unknown.status()).isEqualTo(404);
      assertThat(problem(unknown).path("detail").asString("")).contains("/admin/v1/none");
    }
  }

  @Test
  void keepsItsConnectionOpenForTheNextRequest() throws IOException {
    try (TestEdge edge = edge().start();
        RawHttp client = new RawHttp(edge.adminPort())) {
      for (int i = 0; i < 5; i++) {
        client.send("GET /admin/v1/status HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertThat(client.read().status()).isEqualTo(200);
        client.send("HEAD /livez HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertThat(client.readHead().status()).isEqualTo(200);
      }
    }
  }
}
