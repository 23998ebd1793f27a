package io.outcrop.proxy.upstream;

import static io.outcrop.proxy.upstream.Fixture.APP;
import static io.outcrop.proxy.upstream.Fixture.LATEST;
import static io.outcrop.proxy.upstream.Fixture.MANIFEST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Manifest;
import io.outcrop.oci.ManifestParser;
import io.outcrop.oci.MediaType;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UpstreamManifestTest {

  private static final String OK = "HTTP/1.1 200 OK\r\n";
  private static final String TYPE = "content-type: " + MediaType.OCI_MANIFEST;
  private static final Digest DIGEST = Digest.sha256(MANIFEST);
  private static final byte[] OTHER = Fixture.manifest("other");

  private final Fixture fixture = new Fixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void get_tag() throws Exception {
    try (RawServer server =
        new RawServer(
            (_, to) -> to.send(OK + TYPE + "\r\nDocker-Content-Digest: " + DIGEST, MANIFEST))) {
      FetchedManifest manifest = fixture.open(server.url()).getManifest(APP, LATEST);

      assertThat(manifest.digest()).isEqualTo(DIGEST);
      assertThat(manifest.mediaType()).isEqualTo(MediaType.OCI_MANIFEST);
      assertThat(manifest.bytes()).isEqualTo(MANIFEST);
      assertThat(manifest.manifest()).isInstanceOf(Manifest.Image.class);
      assertThat(manifest.anonymous()).isTrue();
      RawServer.Request request = server.requests().getFirst();
      assertThat(request.line()).isEqualTo("GET /v2/org/app/manifests/latest HTTP/1.1");
      assertThat(request.header("Accept-Encoding")).contains("identity");
      assertThat(request.header("User-Agent").orElseThrow()).startsWith("Outcrop/");
      assertThat(request.header("Accept").orElseThrow())
          .contains(MediaType.OCI_INDEX.value(), MediaType.DOCKER_MANIFEST_LIST.value(), "*/*");
      assertThat(request.header("Authorization")).isEmpty();
      assertThat(request.header("Upgrade")).isEmpty();
    }
  }

  @Test
  void get_tagWithoutDigestHeader_hashesTheBody() throws Exception {
    try (RawServer server = new RawServer((_, to) -> to.send(OK + TYPE, MANIFEST))) {
      assertThat(fixture.open(server.url()).getManifest(APP, LATEST).digest()).isEqualTo(DIGEST);
    }
  }

  @Test
  void get_tagWithSha512Header_verifiesThat() throws Exception {
    Digest sha512 = Digest.of(Digest.Algorithm.SHA512, MANIFEST);
    try (RawServer server =
        new RawServer(
            (_, to) -> to.send(OK + TYPE + "\r\nDocker-Content-Digest: " + sha512, MANIFEST))) {
      assertThat(fixture.open(server.url()).getManifest(APP, LATEST).digest()).isEqualTo(sha512);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/json", "text/plain; charset=utf-8", "nonsense"})
  void get_vagueType_takesTheDocumentsOwn(String type) throws Exception {
    try (RawServer server =
        new RawServer((_, to) -> to.send(OK + "content-type: " + type, MANIFEST))) {
      assertThat(fixture.open(server.url()).getManifest(APP, DIGEST).mediaType())
          .isEqualTo(MediaType.OCI_MANIFEST);
    }
  }

  @Test
  void get_wrongDigest_asksTheNextEndpoint() throws Exception {
    try (RawServer liar = new RawServer((_, to) -> to.send(OK + TYPE, OTHER));
        RawServer honest = new RawServer((_, to) -> to.send(OK + TYPE, MANIFEST))) {
      Upstream upstream = fixture.open(liar.url(), honest.url());

      assertThat(upstream.getManifest(APP, DIGEST).bytes()).isEqualTo(MANIFEST);
      assertThat(upstream.getManifest(APP, DIGEST).bytes()).isEqualTo(MANIFEST);
      assertThat(liar.requests()).as("is asked last for a while").hasSize(1);
      assertThat(fixture.requests("invalid")).isEqualTo(1);
    }
  }

  @Test
  void get_digestHeaderOfATagLies() throws Exception {
    try (RawServer server =
        new RawServer(
            (_, to) -> to.send(OK + TYPE + "\r\nDocker-Content-Digest: " + DIGEST, OTHER))) {
      assertThatThrownBy(() -> fixture.open(server.url()).getManifest(APP, LATEST))
          .isInstanceOf(UpstreamException.Invalid.class)
          .hasMessageContaining(Digest.sha256(OTHER).toString())
          .hasMessageContaining("expected: " + DIGEST);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "content-type: text/html\r\n|<html>log in to the hotel's network</html>",
        "content-type: application/json\r\n|<html></html>",
        "content-type: application/vnd.docker.distribution.manifest.v1+prettyjws\r\n|{}",
        "content-type: application/vnd.oci.image.manifest.v1+json\r\n|{\"schemaVersion\":1}",
        "content-type: application/vnd.oci.image.manifest.v1+json\r\ncontent-encoding: gzip\r\n|{}",
      })
  void get_notAManifest(String answer) throws Exception {
    String[] parts = answer.split("\\|", -1);
    try (RawServer server =
        new RawServer(
            (_, to) -> to.send(OK + parts[0].strip(), parts[1].getBytes(StandardCharsets.UTF_8)))) {
      assertThatThrownBy(() -> fixture.open(server.url()).getManifest(APP, LATEST))
          .isInstanceOf(UpstreamException.Invalid.class);
    }
  }

  @Test
  void get_tooLong_isNotRead() throws Exception {
    String length = "\r\ncontent-length: " + (ManifestParser.MAX_BYTES + 1) + "\r\n\r\n";
    try (RawServer server =
        new RawServer((_, to) -> {
          to.send(OK + TYPE + length, new byte[100], 100);
          return to.hang();
        })) {
      assertThatThrownBy(() -> fixture.open(server.url()).getManifest(APP, LATEST))
          .isInstanceOf(UpstreamException.Invalid.class)
          .hasMessageContaining("more than");
    }
  }

  @Test
  void get_cutShort_triesAgainAndThenIsUnavailable() throws Exception {
    try (RawServer server =
        new RawServer((_, to) -> {
          to.send(OK + TYPE + "\r\ncontent-length: 1000\r\n\r\n", MANIFEST, 50);
          return false;
        })) {
      assertThatThrownBy(() -> fixture.open(server.url()).getManifest(APP, LATEST))
          .isInstanceOf(UpstreamException.Unavailable.class)
          .hasMessageContaining("connection broke");
      assertThat(server.requests()).hasSize(3);
      assertThat(
              fixture
                  .meters
                  .counter(
                      "outcrop.upstream.retries",
                      "namespace",
                      "registry.test",
                      "endpoint",
                      "127.0.0.1:" + server.port())
                  .count())
          .isEqualTo(2);
    }
  }

  @Test
  void get_unknown_tellsTheCode() throws Exception {
    byte[] error =
        "{\"errors\":[{\"code\":\"NAME_UNKNOWN\",\"message\":\"no such\"}]}"
            .getBytes(StandardCharsets.UTF_8);
    try (RawServer server = new RawServer((_, to) -> to.send("HTTP/1.1 404 Not Found", error))) {
      assertThatThrownBy(() -> fixture.open(server.url()).getManifest(APP, LATEST))
          .isInstanceOfSatisfying(
              UpstreamException.NotFound.class,
              e -> assertThat(e.code()).isEqualTo(Optional.of("NAME_UNKNOWN")))
          .hasMessageContaining("no such");
    }
  }

  @Test
  void head_tellsWithoutBody() throws Exception {
    try (RawServer server =
        new RawServer((_, to) ->
            to.send(
                OK
                    + TYPE
                    + "\r\nDocker-Content-Digest: "
                    + DIGEST
                    + "\r\ncontent-length: 123\r\n\r\n",
                new byte[0],
                0))) {
      Upstream upstream = fixture.open(server.url());

      ManifestHead head = upstream.headManifest(APP, LATEST);
      assertThat(head).isInstanceOf(ManifestHead.HeadOnly.class);
      assertThat(head.digest()).isEqualTo(DIGEST);
      assertThat(head.size()).hasValue(123);
      assertThat(server.requests().getFirst().line()).startsWith("HEAD ");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"405 Method Not Allowed", "501 Not Implemented", "200 OK"})
  void head_refusedOrWithoutDigest_fetches(String status) throws Exception {
    try (RawServer server =
        new RawServer((request, to) ->
            request.line().startsWith("HEAD")
                ? to.send("HTTP/1.1 " + status + "\r\n" + TYPE)
                : to.send(OK + TYPE, MANIFEST))) {
      ManifestHead head = fixture.open(server.url()).headManifest(APP, LATEST);

      assertThat(head).isInstanceOf(ManifestHead.WithBody.class);
      assertThat(head.digest()).isEqualTo(DIGEST);
      assertThat(head.size()).hasValue(MANIFEST.length);
    }
  }

  @Test
  void head_byDigestWithoutHeader_believesTheRequest() throws Exception {
    try (RawServer server = new RawServer((_, to) -> to.send(OK + TYPE))) {
      ManifestHead head = fixture.open(server.url()).headManifest(APP, DIGEST);

      assertThat(head).isInstanceOf(ManifestHead.HeadOnly.class);
      assertThat(head.digest()).isEqualTo(DIGEST);
    }
  }
}
