package io.outcrop.proxy;

import static io.outcrop.proxy.Samples.blob;
import static io.outcrop.proxy.Samples.bytes;
import static io.outcrop.proxy.Samples.descriptor;
import static io.outcrop.proxy.Samples.manifest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What operators see of images, and what they do with them. */
final class EdgeImagesTest {

  private static final String OTHER_ARCHITECTURE =
      System.getProperty("os.arch").equals("aarch64") ? "amd64" : "arm64";
  private static final String OWN_ARCHITECTURE =
      System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";

  @TempDir Path folder;
  private TestRegistry registry;
  private TestEdge edge;
  private final List<byte[]> own = new ArrayList<>();
  private final List<byte[]> other = new ArrayList<>();
  private byte[] attestation;
  private byte[] index;

  @BeforeEach
  void start() throws IOException {
    registry = new TestRegistry();
    registry.blob("org/app", bytes("{}"));
    edge = TestEdge.in(folder.resolve("data")).upstream("registry.test", registry.url()).start();
  }

  @AfterEach
  void stop() throws IOException {
    edge.close();
    registry.close();
  }

  private JsonNode admin(String path) throws IOException {
    return JsonMapper.shared().readTree(edge.admin("/admin/v1" + path));
  }

  private CommandRun outcrop(String... arguments) {
    String[] all = java.util.Arrays.copyOf(arguments, arguments.length + 2);
    all[arguments.length] = "--admin";
    all[arguments.length + 1] = edge.adminUrl();
    return CommandRun.of(all);
  }

  private HttpResponse<byte[]> send(String method, String path, String type, String body)
      throws IOException {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(URI.create(edge.adminUrl() + "/admin/v1" + path))
            .method(method, BodyPublishers.ofString(body));
    return edge.send(
        type.isEmpty() ? builder.build() : builder.header("Content-Type", type).build());
  }

  private byte[] push(byte[] blob) {
    registry.blob("org/app", blob);
    return blob;
  }

  /** An index of two platforms, each with an attestation, as buildx makes it. */
  private void pushIndex() {
    own.add(push(blob(1, 100_000)));
    own.add(push(blob(2, 100_000)));
    other.add(push(blob(3, 100_000)));
    byte[] ownManifest = manifest("own", own.get(0), own.get(1));
    byte[] otherManifest = manifest("other", other.get(0));
    byte[] statement = push(bytes("{\"statement\":1}"));
    byte[] otherStatement = push(bytes("{\"statement\":2}"));
    attestation = manifest("own attestation", statement);
    byte[] otherAttestation = manifest("other attestation", otherStatement);
    for (byte[] document : List.of(ownManifest, otherManifest, attestation, otherAttestation)) {
      registry.manifest("org/app", Digest.sha256(document), document, MediaType.OCI_MANIFEST);
    }
    index =
        """
        {"schemaVersion":2,"mediaType":"%s","manifests":[%s,%s,%s,%s]}\
        """
            .formatted(
                MediaType.OCI_INDEX,
                listed(ownManifest, OWN_ARCHITECTURE, Optional.empty()),
                listed(otherManifest, OTHER_ARCHITECTURE, Optional.empty()),
                listed(attestation, "unknown", Optional.of(ownManifest)),
                listed(otherAttestation, "unknown", Optional.of(otherManifest)))
            .getBytes(StandardCharsets.UTF_8);
    registry.manifest("org/app", "multi", index, MediaType.OCI_INDEX);
    own.add(ownManifest);
    own.add(statement);
    own.add(attestation);
    other.add(otherManifest);
    other.add(otherStatement);
    other.add(otherAttestation);
  }

  private static String listed(byte[] manifest, String architecture, Optional<byte[]> subject) {
    String plain = descriptor(MediaType.OCI_MANIFEST.value(), manifest).strip();
    String os = architecture.equals("unknown") ? "unknown" : "linux";
    String annotations =
        subject
            .map(of ->
                """
                ,"annotations":{"vnd.docker.reference.type":"attestation-manifest","vnd.docker.reference.digest":"%s"}\
                """
                    .formatted(Digest.sha256(of)))
            .orElse("");
    return plain.substring(0, plain.length() - 1)
        + ",\"platform\":{\"os\":\"%s\",\"architecture\":\"%s\"}%s}"
            .formatted(os, architecture, annotations);
  }

  private boolean held(byte[] content) throws IOException {
    return admin("/content/" + Digest.sha256(content) + "/explanation")
        .path("resident")
        .asBoolean(false);
  }

  @Test
  void prefetchBringsThePlatformOfTheEdge_andWhatAttestsToIt() throws Exception {
    pushIndex();
    CommandRun run = outcrop("prefetch", "registry.test/org/app:multi");
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    for (byte[] content : own) {
      assertThat(held(content)).isTrue();
    }
    for (byte[] content : other) {
      assertThat(held(content)).isFalse();
    }
    JsonNode image = admin("/images").path("images").get(0);
    assertThat(image.path("image").asString("")).isEqualTo("registry.test/org/app:multi");
    assertThat(image.path("platforms").toString())
        .isEqualTo("[\"linux/" + OWN_ARCHITECTURE + "\"]");
    assertThat(image.path("complete").asBoolean(false)).isTrue();
    assertThat(admin("/images/registry.test/org/app:multi").path("otherPlatforms").asInt(0))
        .isEqualTo(2);
    assertThat(outcrop("explain", "registry.test/org/app:multi").out())
        .contains("complete: ", "and 2 of which nothing is held", "probation");
  }

  @Test
  void prefetchBringsOtherPlatformsWhereAsked() throws Exception {
    pushIndex();
    String image = "registry.test/org/app:multi";
    assertThat(outcrop("prefetch", image, "--platform", "linux/" + OTHER_ARCHITECTURE).exitCode())
        .isZero();
    for (byte[] content : other) {
      assertThat(held(content)).isTrue();
    }
    assertThat(held(own.get(0))).isFalse();
    assertThat(outcrop("prefetch", image, "--platform", "all").exitCode()).isZero();
    assertThat(held(own.get(0))).isTrue();
    CommandRun none = outcrop("prefetch", image, "--platform", "linux/s390x");
    assertThat(none.exitCode()).isEqualTo(1);
    assertThat(none.err())
        .contains("linux/amd64", "linux/arm64", "expected: linux/s390x")
        .hasLineCount(1);
  }

  @Test
  void listsWhatIsMissing() throws Exception {
    byte[] one = push(blob(1, 100_000));
    byte[] two = push(blob(2, 50_000));
    registry.manifest("org/app", "1", manifest("partial", one, two));
    edge.get("/v2/org/app/manifests/1");
    edge.get("/v2/org/app/blobs/" + Digest.sha256(one));
    await().until(() -> edge.metric("outcrop_fills_running") == 0);
    JsonNode image = admin("/images").path("images").get(0);
    assertThat(image.path("missingPieces").asInt(0))
        .as("a layer and the configuration")
        .isEqualTo(2);
    assertThat(image.path("missingBytes").asLong(0)).isEqualTo(50_002);
    assertThat(image.path("bytes").asLong(0)).isGreaterThan(150_000);
    assertThat(image.path("lastUse").asString("")).isNotEmpty();
    assertThat(outcrop("ls").out()).contains("registry.test/org/app:1", "48.8 KiB");
    assertThat(outcrop("ls", "registry.test/org/app").out()).contains("org/app:1");
    assertThat(outcrop("ls", "registry.test/org/none").out()).doesNotContain("org/app:1");
    assertThat(outcrop("ls", "--json").out()).contains("\"missingPieces\" : 2");
  }

  @Test
  void listsAllTagsOfAnImageOnce_andImagesWithoutATag() throws Exception {
    byte[] image = manifest("tagged");
    registry.manifest("org/app", "a", image);
    registry.manifest("org/app", "b", image);
    byte[] untagged = manifest("untagged");
    registry.manifest("org/app", Digest.sha256(untagged), untagged, MediaType.OCI_MANIFEST);
    edge.get("/v2/org/app/manifests/a");
    edge.get("/v2/org/app/manifests/b");
    edge.get("/v2/org/app/manifests/" + Digest.sha256(untagged));
    JsonNode images = admin("/images").path("images");
    assertThat(images.size()).isEqualTo(2);
    assertThat(images.get(0).path("tags").toString()).isEqualTo("[\"a\",\"b\"]");
    assertThat(images.get(1).path("image").asString(""))
        .isEqualTo("registry.test/org/app@" + Digest.sha256(untagged));
  }

  @Test
  void listsInPages() throws Exception {
    for (int i = 0; i < 5; i++) {
      registry.manifest("org/app" + i, "1", manifest("page" + i));
      edge.get("/v2/org/app" + i + "/manifests/1");
    }
    List<String> names = new ArrayList<>();
    String after = "";
    int pages = 0;
    do {
      JsonNode page = admin("/images?limit=2" + after);
      page.path("images").forEach(image -> names.add(image.path("repository").asString("")));
      after = page.has("next") ? "&after=" + page.path("next").asString("") : "";
      pages++;
    } while (!after.isEmpty());
    assertThat(names)
        .containsExactly(
            "registry.test/org/app0",
            "registry.test/org/app1",
            "registry.test/org/app2",
            "registry.test/org/app3",
            "registry.test/org/app4");
    assertThat(pages).isEqualTo(3);
    assertThat(send("GET", "/images?limit=0", "", "").statusCode()).isEqualTo(400);
    assertThat(send("GET", "/images?limit=1001", "", "").statusCode()).isEqualTo(400);
  }

  @Test
  void explainsWhyContentIsHere_andWhyItIsGone() throws Exception {
    byte[] layer = push(blob(1, 100_000));
    registry.manifest("org/app", "1", manifest("explained", layer));
    outcrop("prefetch", "registry.test/org/app:1");
    String digest = Digest.sha256(layer).toString();
    JsonNode here = admin("/content/" + digest + "/explanation");
    assertThat(here.path("list").asString("")).isEqualTo("probation");
    assertThat(here.path("bytes").asLong(0)).isEqualTo(100_000);
    assertThat(here.path("costSeconds").asDouble(0)).isPositive();
    assertThat(here.path("repositories").toString()).isEqualTo("[\"registry.test/org/app\"]");
    assertThat(here.path("origin").asString("")).isEqualTo("public");
    assertThat(outcrop("explain", digest).out()).contains(digest, "here", "probation");
    assertThat(outcrop("evict", digest).out()).contains("evicted 1 pieces, 97.7 KiB");
    JsonNode gone = admin("/content/" + digest + "/explanation");
    assertThat(gone.path("resident").asBoolean(true)).isFalse();
    assertThat(gone.path("departure").path("reason").asString("")).isEqualTo("operator");
    assertThat(outcrop("explain", digest).out()).contains("gone: operator, just now");
    assertThat(outcrop("evict", digest).exitCode()).isEqualTo(3);
    CommandRun unknown = outcrop("explain", Digest.sha256(blob(99, 1)).toString());
    assertThat(unknown.exitCode()).isEqualTo(3);
    assertThat(outcrop("explain", "registry.test/org/none").exitCode()).isEqualTo(3);
    assertThat(outcrop("explain", "sha256:nonsense").exitCode()).isEqualTo(1);
  }

  @Test
  void evictsAnImage_butNotWhatOthersShare() throws Exception {
    byte[] shared = push(blob(1, 100_000));
    byte[] alone = push(blob(2, 100_000));
    registry.manifest("org/app", "1", manifest("one", shared, alone));
    registry.manifest("org/app", "2", manifest("two", shared));
    outcrop("prefetch", "registry.test/org/app:1");
    outcrop("prefetch", "registry.test/org/app:2");
    assertThat(outcrop("evict", "registry.test/org/app:1").out())
        .contains("evicted 2 pieces")
        .contains("kept 2 that are shared or pinned");
    assertThat(held(alone)).isFalse();
    assertThat(held(shared)).isTrue();
    assertThat(admin("/images").path("images").size()).isEqualTo(1);
    assertThat(outcrop("evict", "registry.test/org/app:1").exitCode()).isEqualTo(3);
    assertThat(edge.get("/v2/org/app/manifests/1").statusCode())
        .as("it can be had again")
        .isEqualTo(200);
  }

  @Test
  void refusesRequestsThatMakeNoSense() throws Exception {
    String json = "application/json";
    assertThat(send("POST", "/prefetches", "text/plain", "{\"image\":\"org/app\"}").statusCode())
        .as("what a page of another site could send")
        .isEqualTo(415);
    assertThat(send("POST", "/prefetches", "", "").statusCode()).isEqualTo(415);
    assertThat(send("POST", "/prefetches", json, "").statusCode()).isEqualTo(400);
    assertThat(send("POST", "/prefetches", json, "{\"image\":1}").statusCode()).isEqualTo(400);
    assertThat(send("POST", "/prefetches", json, "{\"image\"").statusCode()).isEqualTo(400);
    assertThat(send("POST", "/prefetches", json, "[]").statusCode()).isEqualTo(400);
    assertThat(send("PUT", "/pins/org/app:1", "text/plain", "{\"platforms\":[]}").statusCode())
        .isEqualTo(415);
    for (String platforms :
        List.of("\"all\"", "[]", "[1]", "[\"linux\"]", "[\"all\",\"linux/arm64\"]")) {
      assertThat(
              send("PUT", "/pins/org/app:1", json, "{\"platforms\":" + platforms + "}")
                  .statusCode())
          .as(platforms)
          .isEqualTo(400);
    }
    assertThat(send("PUT", "/pins/UPPER", json, "").statusCode()).isEqualTo(400);
    assertThat(send("PUT", "/pins/", json, "").statusCode()).isEqualTo(404);
    assertThat(send("DELETE", "/jobs/17", "", "").statusCode()).isEqualTo(404);
    assertThat(send("DELETE", "/content/sha256:1", "", "").statusCode()).isEqualTo(400);
    HttpResponse<byte[]> large =
        send("POST", "/prefetches", json, "{\"image\":\"" + "x".repeat(1 << 20) + "\"}");
    assertThat(large.statusCode()).isEqualTo(413);
    assertThat(new String(large.body(), StandardCharsets.UTF_8)).contains("1048576");
    assertThat(registry.count()).isZero();
  }

  @Test
  void tellsOfTheUpstreamInItsOwnWords() throws Exception {
    registry.stop();
    HttpResponse<byte[]> down =
        send("POST", "/prefetches", "application/json", "{\"image\":\"org/app\"}");
    assertThat(down.statusCode()).isEqualTo(503);
    assertThat(outcrop("prefetch", "org/app").err()).startsWith("outcrop: ").hasLineCount(1);
  }
}
