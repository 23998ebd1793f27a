package io.outcrop.proxy;

import static io.outcrop.proxy.Samples.blob;
import static io.outcrop.proxy.Samples.manifest;
import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.oci.Digest;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which upstream and repository a request means. */
final class EdgeNamesTest {

  private static final byte[] HUB = manifest("hub");
  private static final byte[] OTHER = manifest("other");

  @TempDir static Path folder;
  private static TestRegistry hub;
  private static TestRegistry other;
  private static TestRegistry odd;
  private static TestEdge edge;

  @BeforeAll
  static void start() throws IOException {
    hub = new TestRegistry();
    other = new TestRegistry();
    odd = new TestRegistry();
    for (String repository : new String[] {"library/alpine", "org/app", "quay.io/org/app"}) {
      hub.manifest(repository, "latest", HUB);
    }
    hub.manifest("manifests/tags", "list", HUB);
    for (String repository : new String[] {"alpine", "org/app", "a/b/c/d"}) {
      other.manifest(repository, "latest", OTHER);
    }
    odd.manifest("org/app", "latest", OTHER);
    edge =
        TestEdge.in(folder)
            .upstream("docker.io", hub.url())
            .upstream("quay.io", other.url())
            .upstream("localhost:5055", odd.url())
            .start();
  }

  @AfterAll
  static void stop() throws IOException {
    edge.close();
    hub.close();
    other.close();
    odd.close();
  }

  @ParameterizedTest
  @CsvSource({
    // Docker's registry-mirrors: no namespace at all.
    "/v2/library/alpine/manifests/latest, docker.io",
    "/v2/alpine/manifests/latest, docker.io",
    "/v2/org/app/manifests/latest, docker.io",
    // containerd: as a parameter.
    "/v2/library/alpine/manifests/latest?ns=docker.io, docker.io",
    "/v2/library/alpine/manifests/latest?ns=DOCKER.io, docker.io",
    "/v2/library/alpine/manifests/latest?ns=registry-1.docker.io, docker.io",
    "/v2/library/alpine/manifests/latest?ns=index.docker.io, docker.io",
    "/v2/org/app/manifests/latest?ns=quay.io, quay.io",
    "/v2/alpine/manifests/latest?ns=quay.io, quay.io",
    "/v2/org/app/manifests/latest?ns=localhost:5055, localhost:5055",
    "/v2/org/app/manifests/latest?ns=localhost%3A5055, localhost:5055",
    "/v2/org/app/manifests/latest?x=y&ns=quay.io&ns=evil.test, quay.io",
    // podman, CRI-O: in the path.
    "/v2/quay.io/org/app/manifests/latest, quay.io",
    "/v2/quay.io/alpine/manifests/latest, quay.io",
    "/v2/quay.io/a/b/c/d/manifests/latest, quay.io",
    "/v2/docker.io/library/alpine/manifests/latest, docker.io",
    "/v2/docker.io/alpine/manifests/latest, docker.io",
    "/v2/registry-1.docker.io/library/alpine/manifests/latest, docker.io",
    "/v2/localhost:5055/org/app/manifests/latest, localhost:5055",
    // The parameter says all; the path is then a repository.
    "/v2/quay.io/org/app/manifests/latest?ns=docker.io, docker.io",
    // A repository may be called as the API's own words are.
    "/v2/manifests/tags/manifests/list, docker.io",
  })
  void findsTheUpstream(String path, String namespace) throws IOException {
    HttpResponse<byte[]> response = edge.get(path);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo(namespace.equals("docker.io") ? HUB : OTHER);
    assertThat(response.headers().firstValue("OCI-Namespace")).hasValue(namespace);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v2/org/app/manifests/latest?ns=evil.test",
        "/v2/org/app/blobs/sha256:"
            + "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855?ns=evil.test",
        "/v2/evil.test/org/app/manifests/latest",
        "/v2/evil.test:5000/app/manifests/latest",
        "/v2/localhost/app/manifests/latest",
        "/v2/127.0.0.1:80/app/manifests/latest",
        "/v2/org/app/tags/list?ns=evil.test",
        "/v2/org/app/manifests/latest?ns=localhost:1",
      })
  void dialsNoOther(String path) throws IOException {
    int before = hub.count() + other.count() + odd.count();
    HttpResponse<byte[]> response = edge.get(path);
    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.body()).asString().contains("\"NAME_UNKNOWN\"");
    assertThat(hub.count() + other.count() + odd.count()).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource({
    "/v2/Org/app/manifests/latest, NAME_INVALID",
    "/v2/org//app/manifests/latest, NAME_INVALID",
    "/v2/org/../app/manifests/latest, NAME_INVALID",
    "/v2/org/%2e%2e/app/manifests/latest, NAME_INVALID",
    "/v2/org/app/manifests/latest?ns=http://evil.test/, NAME_INVALID",
    "/v2/org/app/manifests/la%20test, TAG_INVALID",
    "/v2/org/app/manifests/.latest, TAG_INVALID",
    "/v2/org/app/manifests/sha256:1234, DIGEST_INVALID",
    "/v2/org/app/blobs/latest, DIGEST_INVALID",
    "/v2/org/app/blobs/sha256:1234, DIGEST_INVALID",
    "/v2/org/app/blobs/md5:d41d8cd98f00b204e9800998ecf8427e, DIGEST_INVALID",
    "/v2/org/app/referrers/latest, DIGEST_INVALID",
  })
  void refusesNamesThatAreNone(String path, String code) throws IOException {
    try (RawHttp client = new RawHttp(edge.port())) {
      RawHttp.Answer answer = client.get(path).read();
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.body()).asString().contains('"' + code + '"');
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/v1/", "/v2x", "/v2/org", "/v2/org/app/tags/x", "/index.html"})
  void knowsNoOtherPath(String path) throws IOException {
    HttpResponse<byte[]> response = edge.get(path);
    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.body()).asString().startsWith("{\"errors\":[{\"code\":\"");
  }

  @Test
  void saysThatItIsARegistry() throws IOException {
    for (String path : new String[] {"/v2/", "/v2", "/v2/?ns=docker.io"}) {
      HttpResponse<byte[]> response = edge.get(path);
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).asString().isEqualTo("{}");
      assertThat(response.headers().firstValue("Docker-Distribution-Api-Version"))
          .hasValue("registry/2.0");
    }
  }

  @Test
  void takesNamesInAbsoluteForm() throws IOException {
    try (RawHttp client = new RawHttp(edge.port())) {
      client.get("http://edge/v2/quay.io/org/app/manifests/latest");
      assertThat(client.read().body()).isEqualTo(OTHER);
    }
  }

  @Test
  void passesNoCredentialOfTheClientOn() throws IOException {
    byte[] secret = blob(1, 10);
    String path = "/v2/org/app/blobs/" + hub.blob("org/app", secret);
    edge.get(path, "Authorization", "Basic c2VjcmV0", "Cookie", "a=b", "X-Own", "y");
    assertThat(hub.requests("GET", Digest.sha256(secret).hex()).getFirst().headers())
        .doesNotContainKeys("authorization", "cookie", "x-own")
        .containsEntry("accept-encoding", "identity");
  }
}
