package io.outcrop.proxy;

import static io.outcrop.proxy.Samples.blob;
import static io.outcrop.proxy.Samples.manifest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.outcrop.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Over TLS, HTTP/2 and HTTP/1.1 serve alike. */
final class EdgeTlsTest {

  private static final int SIZE = 5_000_000;

  @TempDir static Path folder;
  private static TestRegistry registry;
  private static TestEdge edge;
  private static Path certificate;
  private static Path key;

  @BeforeAll
  static void start() throws Exception {
    certificate = folder.resolve("tls.crt");
    key = folder.resolve("tls.key");
    TestTls.issue("first", certificate, key);
    registry = new TestRegistry();
    edge =
        TestEdge.in(folder.resolve("data"))
            .tags(TestEdge.NEVER_FRESH)
            .tls(certificate, key)
            .upstream("registry.test", registry.url())
            .start();
  }

  @AfterAll
  static void stop() throws IOException {
    edge.close();
    registry.close();
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void servesManifestsBlobsAndParts(HttpClient.Version version) throws Exception {
    byte[] manifest = manifest("tls");
    registry.manifest("org/app", "latest", manifest);
    byte[] blob = blob(1, SIZE);
    String path = "/v2/org/app/blobs/" + registry.blob("org/app", blob);
    try (HttpClient client = TestTls.client(version)) {
      for (int i = 0; i < 2; i++) {
        HttpResponse<byte[]> response = send(client, "/v2/org/app/manifests/latest");
        assertThat(response.version()).isEqualTo(version);
        assertThat(response.body()).isEqualTo(manifest);
        response = send(client, path);
        assertThat(response.headers().firstValueAsLong("content-length")).hasValue(SIZE);
        assertThat(Arrays.equals(response.body(), blob)).isTrue();
      }
      assertThat(send(client, path, "Range", "bytes=1000000-1999999").body())
          .isEqualTo(Arrays.copyOfRange(blob, 1_000_000, 2_000_000));
      assertThat(send(client, path, "Range", "bytes=0-9,4000000-4000009").statusCode())
          .isEqualTo(206);
      assertThat(send(client, "/v2/").statusCode()).isEqualTo(200);
      assertThat(send(client, "/v2/org/app/manifests/none").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void servesManyStreamsOfOneConnectionAtOnce() throws Exception {
    List<byte[]> blobs = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      blobs.add(blob(200 + i, SIZE + i));
      registry.blob("org/app", blobs.get(i));
    }
    try (HttpClient client = TestTls.client(HttpClient.Version.HTTP_2)) {
      List<CompletableFuture<HttpResponse<byte[]>>> answers = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        answers.add(
            client.sendAsync(
                request("/v2/org/app/blobs/" + Digest.sha256(blobs.get(i % 6))).build(),
                BodyHandlers.ofByteArray()));
      }
      for (int i = 0; i < 24; i++) {
        assertThat(Arrays.equals(answers.get(i).get().body(), blobs.get(i % 6))).isTrue();
      }
    }
    for (byte[] blob : blobs) {
      assertThat(registry.count("GET", Digest.sha256(blob).hex())).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void followsATransferAsItComes(HttpClient.Version version) throws Exception {
    byte[] blob = blob(version.name().length() + 300, SIZE);
    Digest digest = registry.blob("org/app", blob);
    CountDownLatch gate = new CountDownLatch(1);
    registry.fault((request, reply) -> {
      if (!request.is("GET", digest.hex())) {
        return false;
      }
      reply.begin(blob);
      reply.write(blob, 0, 1_000_000);
      gate.await();
      return reply.write(blob, 1_000_000, SIZE);
    });
    try (HttpClient client = TestTls.client(version)) {
      InputStream in =
          client
              .send(request("/v2/org/app/blobs/" + digest).build(), BodyHandlers.ofInputStream())
              .body();
      assertThat(in.readNBytes(900_000)).isEqualTo(Arrays.copyOf(blob, 900_000));
      gate.countDown();
      assertThat(Arrays.equals(in.readAllBytes(), Arrays.copyOfRange(blob, 900_000, SIZE)))
          .isTrue();
    } finally {
      registry.heal();
    }
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void neverEndsACutTransferCleanly(HttpClient.Version version) throws Exception {
    byte[] blob = blob(version.name().length(), SIZE);
    Digest digest = registry.blob("org/app", blob);
    byte[] wrong = blob.clone();
    wrong[SIZE / 2]++;
    registry.fault((request, reply) -> request.is("GET", digest.hex()) && reply.send(200, wrong));
    try (HttpClient client = TestTls.client(version)) {
      assertThatThrownBy(() -> send(client, "/v2/org/app/blobs/" + digest))
          .isInstanceOf(IOException.class);
      registry.heal();
      HttpResponse<byte[]> response = send(client, "/v2/org/app/blobs/" + digest);
      assertThat(Arrays.equals(response.body(), blob)).isTrue();
    } finally {
      registry.heal();
    }
  }

  @Test
  void aClientThatLeavesAStreamDisturbsNoOther() throws Exception {
    byte[] blob = blob(500, SIZE);
    String path = "/v2/org/app/blobs/" + registry.blob("org/app", blob);
    try (HttpClient client = TestTls.client(HttpClient.Version.HTTP_2)) {
      for (int i = 0; i < 5; i++) {
        try (InputStream in =
            client.send(request(path).build(), BodyHandlers.ofInputStream()).body()) {
          assertThat(in.readNBytes(1000)).isEqualTo(Arrays.copyOf(blob, 1000));
        }
        assertThat(Arrays.equals(send(client, path).body(), blob)).isTrue();
      }
    }
    await().until(() -> edge.metric("outcrop_requests_active") == 0);
  }

  @Test
  void takesANewCertificateFromItsFiles_butKeepsTheOldWhenTheNewIsBroken() throws Exception {
    Path ownCertificate = folder.resolve("own.crt");
    Path ownKey = folder.resolve("own.key");
    TestTls.issue("before", ownCertificate, ownKey);
    try (TestEdge own =
        TestEdge.in(folder.resolve("own"))
            .tls(ownCertificate, ownKey)
            .upstream("registry.test", registry.url())
            .start()) {
      assertThat(subject(own)).isEqualTo("CN=before");
      Files.writeString(ownCertificate, "no certificate at all");
      touch(ownCertificate, 1);
      TestTls.issue("after", folder.resolve("new.crt"), folder.resolve("new.key"));
      // It is looked at every five seconds; meanwhile and afterwards the old one serves.
      Instant until = Instant.now().plusMillis(5_500);
      await()
          .atMost(Duration.ofSeconds(8))
          .until(() -> {
            assertThat(subject(own)).isEqualTo("CN=before");
            return Instant.now().isAfter(until);
          });
      Files.copy(
          folder.resolve("new.key"), ownKey, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      Files.copy(
          folder.resolve("new.crt"),
          ownCertificate,
          java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      touch(ownKey, 2);
      touch(ownCertificate, 2);
      await()
          .atMost(Duration.ofSeconds(12))
          .untilAsserted(() -> assertThat(subject(own)).isEqualTo("CN=after"));
    }
  }

  private static void touch(Path file, int seconds) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(seconds)));
  }

  private static String subject(TestEdge of) throws Exception {
    try (HttpClient client = TestTls.client(HttpClient.Version.HTTP_1_1)) {
      HttpResponse<byte[]> response =
          client.send(of.request("/v2/").build(), BodyHandlers.ofByteArray());
      Certificate peer = response.sslSession().orElseThrow().getPeerCertificates()[0];
      return ((X509Certificate) peer).getSubjectX500Principal().getName();
    }
  }

  private static HttpRequest.Builder request(String path, String... headers) {
    return edge.request(path, headers);
  }

  private static HttpResponse<byte[]> send(HttpClient client, String path, String... headers)
      throws Exception {
    return client.send(request(path, headers).build(), BodyHandlers.ofByteArray());
  }
}
