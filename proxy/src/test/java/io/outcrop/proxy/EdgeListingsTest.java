package io.outcrop.proxy;

import static io.outcrop.proxy.Samples.blob;
import static io.outcrop.proxy.Samples.bytes;
import static io.outcrop.proxy.Samples.index;
import static io.outcrop.proxy.Samples.manifest;
import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.proxy.config.UpstreamConfig.TagConfig;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tags, repositories and referrers. */
final class EdgeListingsTest {

  private static final Duration FRESH = Duration.ofMinutes(5);
  private static final Digest SUBJECT = Digest.sha256(bytes("subject"));
  private static final String REFERRERS = "/v2/org/app/referrers/" + SUBJECT;

  @TempDir Path folder;
  private TestRegistry registry;
  private TestEdge edge;

  @BeforeEach
  void start() throws IOException {
    registry = new TestRegistry();
    edge =
        TestEdge.in(folder)
            .tags(new TagConfig(FRESH, Duration.ZERO, Duration.ZERO, List.of()))
            .upstream("registry.test", registry.url())
            .upstream("second.test", registry.url())
            .start();
  }

  @AfterEach
  void stop() throws IOException {
    edge.close();
    registry.close();
  }

  @Test
  void listsTagsPageByPage() throws IOException {
    pushTags("e", "a", "d", "c", "b");
    assertThat(tags("")).containsExactly("a", "b", "c", "d", "e");
    List<String> all = new ArrayList<>();
    String next = "/v2/org/app/tags/list?n=2";
    int pages = 0;
    while (!next.isEmpty()) {
      HttpResponse<byte[]> response = edge.get(next);
      assertThat(json(response).path("name").asString("")).isEqualTo("org/app");
      json(response).path("tags").forEach(tag -> all.add(tag.asString("")));
      next = nextOf(response);
      pages++;
    }
    assertThat(all).containsExactly("a", "b", "c", "d", "e");
    assertThat(pages).isEqualTo(3);
    assertThat(tags("?n=2&last=b")).containsExactly("c", "d");
    assertThat(tags("?last=d")).containsExactly("e");
    assertThat(tags("?n=0")).isEmpty();
    assertThat(tags("?n=100000000")).hasSize(5);
  }

  @Test
  void keepsTheFormOfTheNameFromPageToPage() throws IOException {
    pushTags("a", "b", "c");
    assertThat(nextOf(edge.get("/v2/org/app/tags/list?n=1&ns=registry.test")))
        .isEqualTo("/v2/org/app/tags/list?n=1&last=a&ns=registry.test");
    HttpResponse<byte[]> response = edge.get("/v2/second.test/org/app/tags/list?n=1");
    assertThat(nextOf(response)).isEqualTo("/v2/second.test/org/app/tags/list?n=1&last=a");
    assertThat(json(response).path("name").asString("")).isEqualTo("second.test/org/app");
  }

  @Test
  void makesPagesOfAnUpstreamThatKnowsNone() throws IOException {
    pushTags("a", "b", "c", "d", "e");
    registry.fault((request, reply) ->
        request.path().endsWith("/tags/list")
            && reply.send(200, "{\"name\":\"org/app\",\"tags\":[\"e\",\"a\",\"d\",\"b\",\"c\"]}"));
    assertThat(tags("?n=2")).containsExactly("a", "b");
    assertThat(tags("?n=2&last=b")).containsExactly("c", "d");
    HttpResponse<byte[]> last = edge.get("/v2/org/app/tags/list?n=2&last=d");
    assertThat(json(last).path("tags")).hasSize(1);
    assertThat(nextOf(last)).isEmpty();
    assertThat(tags("?n=10&last=c")).containsExactly("d", "e");
    assertThat(tags("?last=c")).containsExactly("d", "e");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "x", "1x", "99999999999999999999"})
  void refusesAPageLengthThatIsNone(String n) throws IOException {
    HttpResponse<byte[]> response = edge.get("/v2/org/app/tags/list?n=" + n);
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).asString().contains("\"PAGINATION_NUMBER_INVALID\"");
  }

  @Test
  void listsTheTagsItKnowsWhenUpstreamIsDown() throws IOException {
    pushTags("a", "b", "c");
    for (String tag : List.of("a", "c")) {
      edge.get("/v2/org/app/manifests/" + tag);
    }
    registry.stop();
    HttpResponse<byte[]> response = edge.get("/v2/org/app/tags/list");
    assertThat(json(response).path("tags").toString()).isEqualTo("[\"a\",\"c\"]");
    assertThat(response.headers().firstValue("Warning").orElse("")).startsWith("299 - ");
    response = edge.get("/v2/org/app/tags/list?n=1");
    assertThat(json(response).path("tags").toString()).isEqualTo("[\"a\"]");
    response = edge.get(nextOf(response));
    assertThat(json(response).path("tags").toString()).isEqualTo("[\"c\"]");
    assertThat(edge.get("/v2/org/none/tags/list").statusCode()).isEqualTo(503);
  }

  @Test
  void saysThatAnUnknownRepositoryHasNoTags() throws IOException {
    HttpResponse<byte[]> response = edge.get("/v2/org/none/tags/list");
    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.body()).asString().contains("\"NAME_UNKNOWN\"");
  }

  @Test
  void listsARepositoryWithoutTags() throws IOException {
    registry.fault((request, reply) ->
        request.path().endsWith("/tags/list")
            && reply.send(200, "{\"name\":\"org/app\",\"tags\":null}"));
    assertThat(tags("")).isEmpty();
  }

  @Test
  void listsTheRepositoriesItKnowsPageByPage() throws IOException {
    for (String repository : List.of("org/c", "org/a", "org/b")) {
      registry.manifest(repository, "latest", manifest(repository));
      edge.get("/v2/" + repository + "/manifests/latest");
    }
    edge.get("/v2/second.test/org/a/manifests/latest");
    registry.stop();
    assertThat(catalog(""))
        .isEqualTo(
            "[\"registry.test/org/a\",\"registry.test/org/b\",\"registry.test/org/c\","
                + "\"second.test/org/a\"]");
    assertThat(catalog("?ns=registry.test")).isEqualTo("[\"org/a\",\"org/b\",\"org/c\"]");
    HttpResponse<byte[]> response = edge.get("/v2/_catalog?n=2&ns=registry.test");
    assertThat(json(response).path("repositories").toString()).isEqualTo("[\"org/a\",\"org/b\"]");
    response = edge.get(nextOf(response));
    assertThat(json(response).path("repositories").toString()).isEqualTo("[\"org/c\"]");
    assertThat(nextOf(response)).isEmpty();
    response = edge.get(nextOf(edge.get("/v2/_catalog?n=3")));
    assertThat(json(response).path("repositories").toString()).isEqualTo("[\"second.test/org/a\"]");
    assertThat(catalog("?n=0")).isEqualTo("[]");
    assertThat(edge.get("/v2/_catalog?ns=evil.test").statusCode()).isEqualTo(404);
    assertThat(edge.get("/v2/_catalog?n=x").statusCode()).isEqualTo(400);
  }

  @Test
  void listsReferrers() throws IOException {
    byte[] index = referrersIndex();
    registry.referrers("org/app", SUBJECT, index);
    HttpResponse<byte[]> response = edge.get(REFERRERS);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).hasValue(MediaType.OCI_INDEX.value());
    assertThat(response.headers().firstValue("OCI-Filters-Applied")).isEmpty();
    assertThat(json(response).path("schemaVersion").asInt(0)).isEqualTo(2);
    assertThat(json(response).path("manifests"))
        .isEqualTo(JsonMapper.shared().readTree(index).path("manifests"));
  }

  @Test
  void filtersReferrersByArtifactType() throws IOException {
    registry.referrers("org/app", SUBJECT, referrersIndex());
    HttpResponse<byte[]> response =
        edge.get(REFERRERS + "?artifactType=application%2Fvnd.test.sbom");
    assertThat(response.headers().firstValue("OCI-Filters-Applied")).hasValue("artifactType");
    assertThat(json(response).path("manifests")).hasSize(1);
    assertThat(json(response).path("manifests").get(0).path("annotations").path("n").asString(""))
        .isEqualTo("1");
    response = edge.get(REFERRERS + "?artifactType=none/such");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(json(response).path("manifests")).isEmpty();
  }

  @Test
  void collectsReferrersFromAllPages() throws IOException {
    registry.fault((request, reply) -> {
      if (!request.path().contains("/referrers/")) {
        return false;
      }
      String page = request.parameter("page").orElse("1");
      String body =
          "{\"schemaVersion\":2,\"manifests\":["
              + referrer("application/vnd.test.sig", page)
              + "]}";
      return page.equals("3")
          ? reply.send(200, body, "Content-Type: " + MediaType.OCI_INDEX)
          : reply.send(
              200,
              body,
              "Content-Type: " + MediaType.OCI_INDEX,
              "Link: <"
                  + request.path()
                  + "?page="
                  + (Integer.parseInt(page) + 1)
                  + ">; rel=\"next\"");
    });
    HttpResponse<byte[]> response = edge.get(REFERRERS);
    assertThat(json(response).path("manifests")).hasSize(3);
    assertThat(nextOf(response)).isEmpty();
  }

  @Test
  void takesReferrersFromTheTagThatStoodInForThem() throws IOException {
    registry.manifest("org/app", "sha256-" + SUBJECT.hex(), referrersIndex(), MediaType.OCI_INDEX);
    HttpResponse<byte[]> response =
        edge.get(REFERRERS + "?artifactType=application/vnd.test.signature");
    assertThat(json(response).path("manifests")).hasSize(1);
  }

  @Test
  void answersWithAnEmptyListWhereThereAreNoReferrers() throws IOException {
    HttpResponse<byte[]> response = edge.get(REFERRERS);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(json(response).path("manifests").isArray()).isTrue();
    assertThat(json(response).path("manifests")).isEmpty();
    assertThat(json(response).path("mediaType").asString(""))
        .isEqualTo(MediaType.OCI_INDEX.value());
  }

  @Test
  void listsLastKnownReferrersWhenUpstreamIsDown() throws IOException {
    registry.referrers("org/app", SUBJECT, referrersIndex());
    byte[] before = edge.get(REFERRERS).body();
    registry.stop();
    HttpResponse<byte[]> response = edge.get(REFERRERS);
    assertThat(response.body()).as("fresh").isEqualTo(before);
    assertThat(response.headers().firstValue("Warning")).isEmpty();
    edge.clock().advance(FRESH.multipliedBy(2));
    response = edge.get(REFERRERS);
    assertThat(response.body()).isEqualTo(before);
    assertThat(response.headers().firstValue("Warning").orElse(""))
        .contains("last confirmed by registry.test 10m0s ago");
    edge.restart();
    assertThat(edge.get(REFERRERS).body()).as("after a restart").isEqualTo(before);
    assertThat(edge.get(REFERRERS.replace("app", "other")).statusCode())
        .as("nothing is known of these")
        .isEqualTo(503);
  }

  @Test
  void asksAgainForReferrersThatAreNoLongerFresh() throws IOException {
    registry.referrers("org/app", SUBJECT, bytes("{\"schemaVersion\":2,\"manifests\":[]}"));
    assertThat(json(edge.get(REFERRERS)).path("manifests")).isEmpty();
    registry.referrers("org/app", SUBJECT, referrersIndex());
    assertThat(json(edge.get(REFERRERS)).path("manifests")).isEmpty();
    edge.clock().advance(FRESH.plusSeconds(1));
    assertThat(json(edge.get(REFERRERS)).path("manifests")).hasSize(2);
  }

  @Test
  void keepsItsOwnListsFromBeingServedAsContentOfARepository() throws IOException {
    registry.referrers("org/app", SUBJECT, referrersIndex());
    Digest own = Digest.sha256(edge.get(REFERRERS).body());
    assertThat(edge.get("/v2/org/app/blobs/" + own).statusCode()).isEqualTo(404);
    assertThat(edge.get("/v2/org/app/manifests/" + own).statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
      })
  void servesManifestsOfEveryTypeByteForByte(String name) throws IOException {
    MediaType type = new MediaType(name);
    byte[] bytes =
        type.isIndex()
            ? index(type, manifest("a"), manifest("b"))
            : manifest(type, "Straße \\u00e4  \\n", blob(1, 10));
    Digest digest = registry.manifest("org/app", "v1", bytes, type);
    for (String path : List.of("v1", digest.toString(), "v1")) {
      HttpResponse<byte[]> response = edge.get("/v2/org/app/manifests/" + path);
      assertThat(response.body()).isEqualTo(bytes);
      assertThat(response.headers().allValues("Content-Type")).containsExactly(name);
      assertThat(response.headers().allValues("Docker-Content-Digest"))
          .containsExactly(digest.toString());
      assertThat(response.headers().allValues("ETag")).containsExactly("\"" + digest + '"');
      assertThat(response.headers().allValues("OCI-Namespace")).containsExactly("registry.test");
      assertThat(response.headers().allValues("Docker-Distribution-Api-Version"))
          .containsExactly("registry/2.0");
      assertThat(response.headers().allValues("Cache-Status")).hasSize(1);
      assertThat(response.headers().allValues("Content-Encoding")).isEmpty();
      assertThat(response.headers().firstValueAsLong("Content-Length")).hasValue(bytes.length);
    }
  }

  @Test
  void servesContentUnderSha512() throws IOException {
    byte[] manifest = manifest("sha512");
    Digest digest = Digest.of(Digest.Algorithm.SHA512, manifest);
    registry.manifest("org/app", digest, manifest, MediaType.OCI_MANIFEST);
    for (int i = 0; i < 2; i++) {
      HttpResponse<byte[]> response = edge.get("/v2/org/app/manifests/" + digest);
      assertThat(response.body()).isEqualTo(manifest);
      assertThat(response.headers().firstValue("Docker-Content-Digest"))
          .hasValue(digest.toString());
    }
    assertThat(registry.count()).isEqualTo(1);
  }

  private String catalog(String query) throws IOException {
    return json(edge.get("/v2/_catalog" + query)).path("repositories").toString();
  }

  private List<String> tags(String query) throws IOException {
    HttpResponse<byte[]> response = edge.get("/v2/org/app/tags/list" + query);
    assertThat(response.statusCode()).isEqualTo(200);
    List<String> tags = new ArrayList<>();
    json(response).path("tags").forEach(tag -> tags.add(tag.asString("")));
    return tags;
  }

  private void pushTags(String... tags) {
    for (String tag : tags) {
      registry.manifest("org/app", tag, manifest(tag));
    }
  }

  private static byte[] referrersIndex() {
    return bytes(
        "{\"schemaVersion\":2,\"mediaType\":\""
            + MediaType.OCI_INDEX
            + "\",\"manifests\":["
            + referrer("application/vnd.test.sbom", "1")
            + ','
            + referrer("application/vnd.test.signature", "2")
            + "]}");
  }

  private static String referrer(String artifactType, String number) {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%s,\"artifactType\":\"%s\",\"annotations\":{\"n\":\"%s\"}}"
        .formatted(
            MediaType.OCI_MANIFEST, Digest.sha256(bytes(number)), number, artifactType, number);
  }

  private static JsonNode json(HttpResponse<byte[]> response) {
    return JsonMapper.shared().readTree(response.body());
  }

  private static String nextOf(HttpResponse<byte[]> response) {
    return response
        .headers()
        .firstValue("Link")
        .map(link -> link.replaceAll("<(.*)>; rel=\"next\"", "$1"))
        .orElse("");
  }
}
