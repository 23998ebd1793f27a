package io.outcrop.proxy;

import static io.outcrop.proxy.Samples.blob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The verbs that ask a running edge: how they find it, what they print, how they end. */
final class AdminCommandsTest {

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

  @Test
  void status_forPeople() throws Exception {
    try (TestEdge edge = edge().start()) {
      edge.get("/v2/org/app/blobs/" + registry.blob("org/app", blob(1, 100_000)));
      await().until(() -> edge.metric("outcrop_fills_running") == 0);

      CommandRun run = CommandRun.of("status", "--admin", edge.adminUrl());

      assertThat(run.err()).isEmpty();
      assertThat(run.exitCode()).isZero();
      assertThat(run.out().lines())
          .anyMatch(line -> line.startsWith("edge test-edge, Outcrop "))
          .anyMatch(line -> line.matches("disk: 97.7 KiB of 256 MiB taken by 1 pieces of .*"))
          .anyMatch(
              line -> line.matches("registry.test +" + registry.url() + " +healthy +[0-9]+ ms"));
    }
  }

  @Test
  void status_forPrograms() throws Exception {
    try (TestEdge edge = edge().start()) {
      CommandRun run = CommandRun.of("status", "--json", "--admin", edge.adminUrl());
      JsonNode status = JsonMapper.shared().readTree(run.out());
      assertThat(status.path("edge").asString("")).isEqualTo("test-edge");
      assertThat(run.exitCode()).isZero();
    }
  }

  @Test
  void status_noEdge() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    CommandRun run = CommandRun.of("status", "--admin", "http://127.0.0.1:" + port);
    assertThat(run.exitCode()).isEqualTo(69);
    assertThat(run.err()).startsWith("outcrop: ").contains("is the edge running?").hasLineCount(1);
    assertThat(run.out()).isEmpty();
  }

  @Test
  void status_notAnEdge() throws Exception {
    CommandRun run = CommandRun.of("status", "--admin", registry.url());
    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err()).hasLineCount(1);
  }

  @Test
  void status_findsTheListenerInTheConfiguration() throws Exception {
    Path token = Files.writeString(folder.resolve("token"), SECRET + '\n');
    try (TestEdge edge = edge().adminToken(token).start()) {
      Path config =
          Files.writeString(
              folder.resolve("outcrop.yaml"),
              "admin: {listen: '0.0.0.0:" + edge.adminPort() + "', tokenFile: token}\n");
      assertThat(CommandRun.of("status", "-c", config.toString()).exitCode()).isZero();
      assertThat(
              CommandRun.of("status", "--admin", edge.adminUrl(), "--token-file", token.toString())
                  .exitCode())
          .isZero();
      CommandRun refused = CommandRun.of("status", "--admin", edge.adminUrl());
      assertThat(refused.exitCode()).isEqualTo(77);
      assertThat(refused.err()).contains("admin.tokenFile").hasLineCount(1);
    }
  }

  @Test
  void status_overTls() throws Exception {
    Path certificate = folder.resolve("tls.crt");
    Path key = folder.resolve("tls.key");
    TestTls.issue("admin", certificate, key);
    try (TestEdge edge = edge().adminTls(certificate, key).start()) {
      String url = "https://127.0.0.1:" + edge.adminPort();
      assertThat(CommandRun.of("status", "--admin", url, "--ca", certificate.toString()).exitCode())
          .isZero();
      CommandRun distrusted = CommandRun.of("status", "--admin", url);
      assertThat(distrusted.exitCode()).isEqualTo(69);
      assertThat(distrusted.err()).hasLineCount(1);
    }
  }

  @Test
  void status_slips() {
    assertThat(CommandRun.of("status", "--admin", "127.0.0.1:5001").exitCode()).isEqualTo(2);
    assertThat(CommandRun.of("status", "--admin", "http://user@host").exitCode()).isEqualTo(2);
    assertThat(CommandRun.of("status", "--admim", "x").exitCode()).isEqualTo(2);
    assertThat(CommandRun.of("status", "--config", folder.resolve("none").toString()).exitCode())
        .isEqualTo(78);
  }
}
