package io.outcrop.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.outcrop.oci.Digest;
import io.outcrop.proxy.config.RefactorMode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What operators see of refactored images, and have made. */
final class EdgeRefactorAdminTest {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final String TAG = "/v2/library/app/manifests/1";

  @TempDir Path folder;

  private TestRegistry origin;
  private TestImage image;

  @BeforeEach
  void push() throws IOException {
    origin = new TestRegistry();
    image =
        new TestImage()
            .layer(TestImage.files("usr/lib/base", 4, 50_000, 1))
            .layer(TestImage.files("opt/app", 3, 70_000, 2));
    image.push(origin, "library/app", "1");
  }

  @AfterEach
  void stop() throws IOException {
    origin.close();
  }

  @Test
  void refactor_thenAdopted_tagChangesOnlyWithThat() throws Exception {
    try (TestEdge edge = edge(RefactorMode.SERVE, Duration.ZERO)) {
      assertThat(EdgeRefactorTest.digest(edge.get(TAG))).isEqualTo(image.digest());

      JsonNode job = run(edge, "{\"image\":\"library/app:1\"}");

      assertThat(job.path("state").asString()).isEqualTo("done");
      assertThat(job.path("result").asString()).contains(" layers, ").contains(" in place of ");
      assertThat(EdgeRefactorTest.digest(edge.get(TAG))).isEqualTo(image.digest());

      assertThat(run(edge, "{\"image\":\"library/app:1\",\"adopt\":true}").path("state").asString())
          .isEqualTo("done");

      Digest made = EdgeRefactorTest.digest(edge.get(TAG));
      assertThat(made).isNotEqualTo(image.digest());
      JsonNode shown = json(edge.admin("/admin/v1/refactor"));
      assertThat(shown.path("refactored").asInt()).isOne();
      assertThat(shown.path("layerBytes").asLong()).isPositive();
      assertThat(shown.path("answeredRefactored").asInt()).isOne();
      assertThat(shown.path("answeredOriginal").asInt()).isZero();
      JsonNode listed = shown.path("images").path(0);
      assertThat(listed.path("source").asString()).isEqualTo(image.digest().toString());
      assertThat(listed.path("digest").asString()).isEqualTo(made.toString());
      assertThat(listed.path("sourceBytes").asLong()).isEqualTo(image.layerBytes());
      JsonNode answer = shown.path("answers").path(0);
      assertThat(answer.path("image").asString()).isEqualTo("docker.io/library/app:1");
      assertThat(answer.path("given").asString()).isEqualTo(made.toString());
      JsonNode detail = json(edge.admin("/admin/v1/images/library/app:1"));
      assertThat(detail.at("/refactored/outcome").asString()).isEqualTo("refactored");
      JsonNode why = json(edge.admin("/admin/v1/content/" + made + "/explanation"));
      assertThat(why.path("madeOf").path(0).asString()).isEqualTo(image.digest().toString());
    }
  }

  @Test
  void dryRun_tellsWhatWouldComeOfItAndMakesNothing() throws Exception {
    try (TestEdge edge = edge(RefactorMode.OFF, Duration.ZERO)) {
      JsonNode job = run(edge, "{\"image\":\"library/app:1\",\"dryRun\":true}");

      assertThat(job.path("state").asString()).isEqualTo("done");
      assertThat(job.path("result").asString())
          .matches("[0-9]+ layers in place of 2; 0 of them, 0 bytes, are here already; .*");
      assertThat(json(edge.admin("/admin/v1/refactor")).path("images").size()).isZero();
    }
  }

  @Test
  void refused_isShownWithItsReason() throws Exception {
    TestImage lying = new TestImage().lyingLayer(TestImage.files("opt", 1, 90_000, 4));
    lying.push(origin, "library/lying", "1");
    try (TestEdge edge = edge(RefactorMode.AVAILABLE, Duration.ZERO)) {
      JsonNode job = run(edge, "{\"image\":\"library/lying:1\"}");

      assertThat(job.path("state").asString()).isEqualTo("failed");
      assertThat(job.path("problem").asString())
          .startsWith("it is served as it is: diff-id-mismatch: ");
      JsonNode detail = json(edge.admin("/admin/v1/images/library/lying:1"));
      assertThat(detail.at("/refactored/reason").asString()).isEqualTo("diff-id-mismatch");
      CommandRun run = CommandRun.of("explain", "library/lying:1", "--admin", edge.adminUrl());
      assertThat(run.out()).contains("not refactored: diff-id-mismatch: ");
    }
  }

  @Test
  void off_isRefused() throws Exception {
    try (TestEdge edge = edge(RefactorMode.OFF, Duration.ZERO)) {
      HttpResponse<byte[]> answer = post(edge, "{\"image\":\"library/app:1\"}");

      assertThat(answer.statusCode()).isEqualTo(409);
      assertThat(new String(answer.body(), UTF_8)).contains("refactor is off");
      assertThat(post(edge, "{}").statusCode()).isEqualTo(400);
      assertThat(post(edge, "{\"image\":\"a\",\"dryRun\":1}").statusCode()).isEqualTo(400);
    }
  }

  private TestEdge edge(RefactorMode mode, Duration maxWait) throws IOException {
    return TestEdge.in(folder).refactor(mode, maxWait).upstream("docker.io", origin.url()).start();
  }

  private static JsonNode run(TestEdge edge, String body) throws IOException {
    HttpResponse<byte[]> accepted = post(edge, body);
    assertThat(accepted.statusCode()).as(new String(accepted.body(), UTF_8)).isEqualTo(202);
    String job = accepted.headers().firstValue("location").orElseThrow();
    return await()
        .atMost(LONG)
        .until(
            () -> json(edge.admin(job)),
            state -> !state.path("state").asString().equals("running"));
  }

  private static HttpResponse<byte[]> post(TestEdge edge, String body) throws IOException {
    return edge.send(
        HttpRequest.newBuilder(URI.create(edge.adminUrl() + "/admin/v1/refactor"))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build());
  }

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }
}
