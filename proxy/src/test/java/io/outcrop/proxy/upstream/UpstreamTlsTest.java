package io.outcrop.proxy.upstream;

import static io.outcrop.proxy.upstream.Fixture.APP;
import static io.outcrop.proxy.upstream.Fixture.BLOB_DIGEST;
import static io.outcrop.proxy.upstream.Fixture.LATEST;
import static io.outcrop.proxy.upstream.Fixture.MANIFEST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.oci.RepositoryName;
import io.outcrop.proxy.config.ClientTlsConfig;
import io.outcrop.proxy.config.ServerTlsConfig;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class UpstreamTlsTest {

  private static final byte[] BIG = new byte[2 << 20];
  private static final Digest BIG_DIGEST = Digest.sha256(BIG);
  private static final String PASSWORD = "changeit";

  @TempDir static Path folder;

  private static WireMockServer open;
  private static WireMockServer closed;

  private final Fixture fixture = new Fixture();

  @BeforeAll
  static void start() throws Exception {
    keyPair("server", "-keyalg", "RSA", "-keysize", "2048");
    keyPair("client", "-keyalg", "EC", "-groupname", "secp256r1");
    open = new WireMockServer(https());
    closed =
        new WireMockServer(
            https()
                .needClientAuth(true)
                .trustStorePath(folder.resolve("client.p12").toString())
                .trustStorePassword(PASSWORD)
                .trustStoreType("PKCS12"));
    for (WireMockServer server : List.of(open, closed)) {
      server.start();
      server.stubFor(
          WireMock.get("/v2/org/app/manifests/latest")
              .willReturn(
                  WireMock.aResponse()
                      .withHeader("Content-Type", MediaType.OCI_MANIFEST.value())
                      .withBody(MANIFEST)));
      server.stubFor(
          WireMock.get("/v2/org/app/blobs/" + BLOB_DIGEST)
              .willReturn(
                  WireMock.aResponse()
                      .withStatus(307)
                      .withHeader("Location", "http://127.0.0.1:1/plain")));
      server.stubFor(
          WireMock.get("/v2/org/big/blobs/" + BIG_DIGEST)
              .willReturn(WireMock.aResponse().withBody(BIG)));
    }
  }

  @AfterAll
  static void stop() {
    open.stop();
    closed.stop();
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private static WireMockConfiguration https() {
    return WireMockConfiguration.options()
        .dynamicPort()
        .dynamicHttpsPort()
        .keystorePath(folder.resolve("server.p12").toString())
        .keystorePassword(PASSWORD)
        .keyManagerPassword(PASSWORD)
        .keystoreType("PKCS12");
  }

  /** Makes a self-signed certificate with the JDK's own tool, as PKCS #12 and as PEM. */
  private static void keyPair(String name, String... algorithm) throws Exception {
    Path store = folder.resolve(name + ".p12");
    List<String> arguments =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                name,
                "-dname",
                "CN=" + name,
                "-ext",
                "san=dns:localhost,ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD));
    arguments.addAll(List.of(algorithm));
    Process process = new ProcessBuilder(arguments).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
    pem(name + ".crt", "CERTIFICATE", keys.getCertificate(name).getEncoded());
    pem(name + ".key", "PRIVATE KEY", keys.getKey(name, PASSWORD.toCharArray()).getEncoded());
  }

  private static void pem(String name, String kind, byte[] content) throws Exception {
    Files.writeString(
        folder.resolve(name),
        "-----BEGIN "
            + kind
            + "-----\n"
            + Base64.getMimeEncoder().encodeToString(content)
            + "\n-----END "
            + kind
            + "-----\n");
  }

  private static ClientTlsConfig tls(boolean withClient) {
    return new ClientTlsConfig(
        Optional.of(folder.resolve("server.crt")),
        Optional.of(new ServerTlsConfig(folder.resolve("client.crt"), folder.resolve("client.key")))
            .filter(_ -> withClient));
  }

  private static String url(WireMockServer server) {
    return "https://127.0.0.1:" + server.httpsPort();
  }

  @Test
  void unknownAuthority_isUnavailable() {
    assertThatThrownBy(() -> fixture.open(url(open)).getManifest(APP, LATEST))
        .isInstanceOf(UpstreamException.Unavailable.class)
        .hasMessageContaining("TLS");
  }

  @Test
  void ownAuthority_isTrusted() throws Exception {
    Upstream upstream = fixture.open(config -> config.trusting(tls(false)), url(open));
    assertThat(upstream.getManifest(APP, LATEST).anonymous()).isTrue();
  }

  @Test
  void clientCertificate_isPresented_andIsACredential() throws Exception {
    Upstream upstream = fixture.open(config -> config.trusting(tls(true)), url(closed));
    assertThat(upstream.getManifest(APP, LATEST).anonymous()).isFalse();
  }

  @Test
  void http2_blobsSideBySide_arriveWhole_andOneBrokenOffHarmsNoOther() throws Exception {
    Upstream upstream = fixture.open(config -> config.trusting(tls(false)), url(open));
    RepositoryName big = new RepositoryName("org/big");
    try (BlobStream one = upstream.openBlob(big, BIG_DIGEST, 0);
        BlobStream two = upstream.openBlob(big, BIG_DIGEST, 0)) {
      assertThat(one.read(ByteBuffer.allocate(100))).isPositive();
      one.reject();
      assertThat(Fixture.readAll(two)).hasSize(BIG.length);
    }
    assertThat(upstream.getManifest(APP, LATEST).bytes()).isEqualTo(MANIFEST);
  }

  @Test
  void clientCertificate_missing() {
    assertThatThrownBy(() ->
            fixture
                .open(config -> config.trusting(tls(false)), url(closed))
                .getManifest(APP, LATEST))
        .isInstanceOf(UpstreamException.Unavailable.class);
  }

  @Test
  void redirectToPlainHttp_isNotFollowed() {
    assertThatThrownBy(() ->
            fixture
                .open(config -> config.trusting(tls(false)), url(open))
                .openBlob(APP, BLOB_DIGEST, 0))
        .isInstanceOf(UpstreamException.Invalid.class)
        .hasMessageContaining("plain http")
        .hasMessageNotContaining("/plain");
  }

  @Test
  void files_unreadable() {
    for (String name : List.of("absent.crt", "server.key")) {
      ClientTlsConfig wrong =
          new ClientTlsConfig(Optional.of(folder.resolve(name)), Optional.empty());
      assertThatThrownBy(() -> fixture.open(config -> config.trusting(wrong), url(open)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(name);
    }
  }

  @Test
  void key_ofAnotherForm() {
    ClientTlsConfig wrong =
        new ClientTlsConfig(
            Optional.empty(),
            Optional.of(
                new ServerTlsConfig(folder.resolve("client.crt"), folder.resolve("client.crt"))));
    assertThatThrownBy(() -> fixture.open(config -> config.trusting(wrong), url(open)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("openssl pkcs8");
  }
}
