package io.outcrop.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.oci.Digest;
import io.outcrop.proxy.it.OutcropProcess.Settings;
import io.outcrop.proxy.it.Script.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Outcrop with a certificate, as {@code openssl} makes it. */
final class TlsIT {

  private static final Duration LIMIT = Duration.ofMinutes(1);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  private Path trusted;
  private Origin origin;
  private OutcropProcess outcrop;

  @BeforeEach
  void start() throws Exception {
    Script.need("openssl", "curl");
    trusted = Files.createDirectory(folder.resolve("trusted"));
    Path key = folder.resolve("edge.key");
    Result result =
        Script.finish(
            new ProcessBuilder(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=edge",
                "-addext",
                "subjectAltName=IP:127.0.0.1",
                "-keyout",
                key.toString(),
                "-out",
                certificate().toString()),
            LIMIT);
    assertThat(result.exitCode()).as(result.err()).isZero();
    origin = Origin.withImages(folder.resolve("origin"));
    outcrop =
        OutcropProcess.start(
            folder.resolve("outcrop"),
            Settings.of(origin)
                .withRegistry("tls: {certificate: %s, key: %s}".formatted(certificate(), key)));
  }

  @AfterEach
  void stop() throws Exception {
    try (Origin _ = origin;
        OutcropProcess _ = outcrop) {
      // Closed also where only one of them came up.
    }
  }

  @Test
  void pull() throws Exception {
    for (Images.Image image : List.of(Images.APP, Images.ZSTD)) {
      Client.SKOPEO.pull(outcrop, image, folder, "--cert-dir", trusted);
      Client.SKOPEO.pull(outcrop, image, folder, "--cert-dir", trusted);
    }
    assertThat(origin.downloads().values()).containsOnly(1L);
  }

  @Test
  void get_http2() throws Exception {
    String manifest = Images.APP.mirrored("manifests", Images.APP.tag());
    Path body = folder.resolve("body");

    Result result =
        Script.finish(
            new ProcessBuilder(
                "curl",
                "--silent",
                "--show-error",
                "--noproxy",
                "*",
                "--http2",
                "--cacert",
                certificate().toString(),
                "-o",
                body.toString(),
                "-w",
                "%{http_version} %{http_code}",
                "https://" + outcrop.address() + manifest),
            LIMIT);

    assertThat(result.out()).as(result.err()).isEqualTo("2 200");
    assertThat(Digest.sha256(Files.readAllBytes(body))).isEqualTo(Images.get().digest(Images.APP));
  }

  private Path certificate() {
    return trusted.resolve("ca.crt");
  }
}
