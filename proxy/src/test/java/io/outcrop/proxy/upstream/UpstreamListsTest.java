package io.outcrop.proxy.upstream;

import static io.outcrop.proxy.upstream.Fixture.APP;
import static io.outcrop.proxy.upstream.Fixture.BLOB_DIGEST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.outcrop.oci.MediaType;
import io.outcrop.oci.Tag;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UpstreamListsTest {

  private static final String OK = "HTTP/1.1 200 OK";
  private static final String INDEX = OK + "\r\ncontent-type: " + MediaType.OCI_INDEX;

  private final Fixture fixture = new Fixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  private static byte[] index(String extra) {
    return """
    {"schemaVersion":2,"manifests":[{"mediaType":"application/x","digest":"%s","size":3,
    "future":{"kept":[1.50]},"artifactType":"%s"}]}\
    """
        .formatted(BLOB_DIGEST, extra)
        .getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void tags_page() throws Exception {
    try (RawServer server =
        new RawServer((_, to) ->
            to.send(
                OK + "\r\nlink: </v2/org/app/tags/list?n=2&last=b>; rel=\"next\"",
                bytes("{\"name\":\"org/app\",\"tags\":[\"a\",\"b\"]}")))) {
      TagPage page = fixture.open(server.url()).tags(APP, OptionalInt.of(2), Optional.of("0&x"));
      assertThat(page.tags()).containsExactly(new Tag("a"), new Tag("b"));
      assertThat(page.more()).isTrue();
      assertThat(server.requests().getFirst().path())
          .isEqualTo("/v2/org/app/tags/list?n=2&last=0%26x");
    }
  }

  @Test
  void tags_none() throws Exception {
    try (RawServer server = new RawServer((_, to) -> to.send(OK, bytes("{\"tags\":null}")))) {
      TagPage page = fixture.open(server.url()).tags(APP, OptionalInt.empty(), Optional.empty());
      assertThat(page.tags()).isEmpty();
      assertThat(page.more()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"<html>", "[]", "{\"tags\":[\"../x\"]}", "{\"tags\":[3]}"})
  void tags_malformed(String body) throws Exception {
    try (RawServer server = new RawServer((_, to) -> to.send(OK, bytes(body)))) {
      Upstream upstream = fixture.open(server.url());
      assertThatThrownBy(() -> upstream.tags(APP, OptionalInt.empty(), Optional.empty()))
          .isInstanceOf(UpstreamException.Invalid.class);
    }
  }

  @Test
  void referrers_pages_areKeptAsTheyAre() throws Exception {
    try (RawServer server =
        new RawServer((request, to) ->
            request.path().equals("/v2/org/app/referrers/" + BLOB_DIGEST + "?page=2")
                ? to.send(INDEX, index("second"))
                : to.send(INDEX + "\r\nLink: <?page=2>; rel=next", index("first")))) {
      Referrers referrers = fixture.open(server.url()).referrers(APP, BLOB_DIGEST);
      assertThat(referrers.descriptors())
          .extracting(node -> node.path("artifactType").asString())
          .containsExactly("first", "second");
      assertThat(referrers.descriptors().getFirst().path("future").toString())
          .isEqualTo("{\"kept\":[1.50]}");
    }
  }

  @Test
  void referrers_endlessPages() throws Exception {
    try (RawServer server =
        new RawServer((_, to) -> to.send(INDEX + "\r\nLink: <?again>; rel=next", index("x")))) {
      assertThatThrownBy(() -> fixture.open(server.url()).referrers(APP, BLOB_DIGEST))
          .isInstanceOf(UpstreamException.Invalid.class)
          .hasMessageContaining("too many");
    }
  }

  @Test
  void referrers_nextPageElsewhere_isNotAsked() throws Exception {
    try (RawServer other = new RawServer((_, to) -> to.send(INDEX, index("x")));
        RawServer server =
            new RawServer((_, to) ->
                to.send(INDEX + "\r\nLink: <" + other.otherUrl() + "/x>; rel=next", index("x")))) {
      assertThatThrownBy(() -> fixture.open(server.url()).referrers(APP, BLOB_DIGEST))
          .isInstanceOf(UpstreamException.Invalid.class);
      assertThat(other.requests()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"404 Not Found", "405 No", "400 Bad", "501 No"})
  void referrers_unsupported_readsTheTag(String status) throws Exception {
    try (RawServer server =
        new RawServer((request, to) ->
            request.path().contains("/referrers/")
                ? to.send("HTTP/1.1 " + status)
                : to.send(INDEX, index("tagged")))) {
      Referrers referrers = fixture.open(server.url()).referrers(APP, BLOB_DIGEST);
      assertThat(referrers.descriptors()).hasSize(1);
      assertThat(server.requests().getLast().path())
          .isEqualTo("/v2/org/app/manifests/sha256-" + BLOB_DIGEST.hex());
    }
  }

  @Test
  void referrers_neither_isEmpty() throws Exception {
    try (RawServer server = new RawServer((_, to) -> to.send("HTTP/1.1 404 No"))) {
      assertThat(fixture.open(server.url()).referrers(APP, BLOB_DIGEST).descriptors())
          .isEqualTo(List.of());
    }
  }

  @Test
  void endpointWithPath_isAskedBelowIt() throws Exception {
    try (RawServer server = new RawServer((_, to) -> to.send(OK, bytes("{\"tags\":[]}")))) {
      for (String path : List.of("/mirror", "/v2/quay.io/")) {
        fixture.open(server.url() + path).tags(APP, OptionalInt.empty(), Optional.empty());
      }
      assertThat(server.requests())
          .extracting(RawServer.Request::path)
          .containsExactly("/mirror/v2/org/app/tags/list", "/v2/quay.io/org/app/tags/list");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://me:hidden@host", "ftp://host", "https://host?key=hidden"})
  void endpoint_malformed(String address) {
    assertThatThrownBy(() -> fixture.open(address))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("hidden");
  }
}
