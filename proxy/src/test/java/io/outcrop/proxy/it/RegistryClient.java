package io.outcrop.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.function.LongConsumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Talks to a registry in plain HTTP. */
final class RegistryClient {

  private static final String MANIFESTS =
      "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json,"
          + " application/vnd.docker.distribution.manifest.list.v2+json,"
          + " application/vnd.docker.distribution.manifest.v2+json";
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int CHUNK = 64 << 10;

  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .build();

  private final String url;

  RegistryClient(String url) {
    this.url = url;
  }

  /** Gets a manifest or anything else that is small. */
  HttpResponse<byte[]> get(String path) throws IOException, InterruptedException {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create(url + path))
            .header("Accept", MANIFESTS)
            .timeout(Duration.ofSeconds(60))
            .build(),
        BodyHandlers.ofByteArray());
  }

  /** Gets JSON that must be there. */
  JsonNode getJson(String path) throws IOException, InterruptedException {
    HttpResponse<byte[]> response = get(path);
    assertThat(response.statusCode()).as(path).isEqualTo(200);
    return json(response);
  }

  static JsonNode json(HttpResponse<byte[]> response) {
    return JSON.readTree(response.body());
  }

  /**
   * Downloads a blob without keeping it.
   *
   * @param progress told the length so far, again and again
   * @return what was received
   */
  Digest download(String path, LongConsumer progress) throws Exception {
    HttpURLConnection connection =
        (HttpURLConnection) URI.create(url + path).toURL().openConnection(Proxy.NO_PROXY);
    connection.setConnectTimeout(10_000);
    connection.setReadTimeout(120_000);
    MessageDigest hash = MessageDigest.getInstance("SHA-256");
    try (InputStream in = connection.getInputStream()) {
      byte[] chunk = new byte[CHUNK];
      long length = 0;
      for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
        hash.update(chunk, 0, count);
        length += count;
        progress.accept(length);
      }
    }
    return Digest.parse("sha256:" + HexFormat.of().formatHex(hash.digest()));
  }

  /** Downloads a blob without keeping it. */
  Digest download(String path) throws Exception {
    return download(path, length -> {});
  }

  /** Pushes a blob that is hashed on the way. */
  Digest pushBlob(String repository, InputStream content) throws Exception {
    MessageDigest hash = MessageDigest.getInstance("SHA-256");
    InputStream hashed = new DigestInputStream(content, hash);
    String location =
        send("POST", url + "/v2/" + repository + "/blobs/uploads/", BodyPublishers.noBody(), 202);
    location = send("PATCH", location, BodyPublishers.ofInputStream(() -> hashed), 202);
    Digest digest = Digest.parse("sha256:" + HexFormat.of().formatHex(hash.digest()));
    String separator = location.contains("?") ? "&" : "?";
    send("PUT", location + separator + "digest=" + digest, BodyPublishers.noBody(), 201);
    return digest;
  }

  /** Pushes a manifest. */
  void pushManifest(String repository, String tag, String type, byte[] manifest) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + "/v2/" + repository + "/manifests/" + tag))
            .PUT(BodyPublishers.ofByteArray(manifest))
            .header("Content-Type", type)
            .build();
    assertThat(HTTP.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(201);
  }

  /** Sends a part of an upload, and tells where to go on. */
  private String send(String method, String to, HttpRequest.BodyPublisher body, int expected)
      throws IOException, InterruptedException {
    HttpResponse<String> response =
        HTTP.send(
            HttpRequest.newBuilder(URI.create(to))
                .method(method, body)
                .header("Content-Type", "application/octet-stream")
                .build(),
            BodyHandlers.ofString());
    assertThat(response.statusCode())
        .as("%s %s: %s", method, to, response.body())
        .isEqualTo(expected);
    return URI.create(to).resolve(response.headers().firstValue("Location").orElse("")).toString();
  }
}
