package io.outcrop.proxy.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks the admin API of an edge. Blocks; thread-safe. */
final class AdminClient implements AutoCloseable {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final String UNESCAPED = "/:@-._~";

  private final URI base;
  private final Optional<String> token;
  private final HttpClient http;

  private AdminClient(URI base, Optional<String> token, HttpClient http) {
    this.base = base;
    this.token = token;
    this.http = http;
  }

  /**
   * A client of one edge.
   *
   * @param token the secret the edge asks for, if it does
   * @param authority a PEM file of whom to trust for https, instead of the platform's authorities
   */
  static AdminClient to(URI base, Optional<String> token, Optional<Path> authority)
      throws CommandException {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER);
    if (!"https".equals(base.getScheme())) {
      // The platform's authorities take longer to read than all the rest of a verb.
      builder.sslContext(context(new TrustManager[0]));
    } else if (authority.isPresent()) {
      builder.sslContext(trusting(authority.get()));
    }
    return new AdminClient(base, token, builder.build());
  }

  /** A path with a text from outside put behind it, escaped where need be. */
  static String path(String prefix, String text) {
    StringBuilder path = new StringBuilder(prefix);
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (plain || UNESCAPED.indexOf(c) >= 0) {
        path.append(c);
      } else {
        path.append('%').append(String.format("%02X", (int) c));
      }
    }
    return path.toString();
  }

  /** A document. */
  JsonNode get(String path) throws CommandException {
    return document(request(path).GET().build());
  }

  /** Asks for something to be done; what is answered, or a missing node where that is nothing. */
  JsonNode send(String method, String path, Optional<? extends JsonNode> body)
      throws CommandException {
    BodyPublisher publisher =
        body.isPresent()
            ? BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body.get()))
            : BodyPublishers.noBody();
    HttpRequest.Builder builder = request(path).method(method, publisher);
    if (body.isPresent() || method.equals("POST")) {
      builder.header("Content-Type", "application/json");
    }
    return document(builder.build());
  }

  /** A request to go on with. */
  HttpRequest.Builder request(String path) {
    String prefix = base.toString();
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(
            URI.create(
                (prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix) + path));
    token.ifPresent(secret -> builder.header("Authorization", "Bearer " + secret));
    return builder;
  }

  /**
   * The answer to a request, good or not, to be read as it comes.
   *
   * @throws CommandException if there is none, as the edge cannot be reached
   */
  HttpResponse<InputStream> open(HttpRequest request) throws CommandException {
    try {
      return http.send(request, BodyHandlers.ofInputStream());
    } catch (ConnectException | HttpConnectTimeoutException e) {
      throw new CommandException(
          Main.UNREACHABLE, base + " does not answer: is the edge running? (--admin says where)");
    } catch (IOException e) {
      throw new CommandException(Main.UNREACHABLE, base + " broke off: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandException(Main.FAILED, "interrupted");
    }
  }

  /**
   * Turns an answer that is no success into the end of the verb.
   *
   * @throws CommandException if it is none; with what the edge said
   */
  static void check(int status, byte[] body) throws CommandException {
    if (status >= 200 && status < 300) {
      return;
    }
    throw new CommandException(
        exitCode(status), detail(body).orElse("the edge answered " + status));
  }

  @Override
  public void close() {
    http.close();
  }

  private JsonNode document(HttpRequest request) throws CommandException {
    HttpResponse<InputStream> response = open(request);
    byte[] body;
    try (InputStream in = response.body()) {
      body = in.readAllBytes();
    } catch (IOException e) {
      throw new CommandException(Main.UNREACHABLE, base + " broke off: " + e);
    }
    check(response.statusCode(), body);
    try {
      return body.length == 0 ? JSON.missingNode() : JSON.readTree(body);
    } catch (JacksonException e) {
      throw new CommandException(
          Main.UNREACHABLE, base + " is no admin listener of Outcrop: it answered with no JSON");
    }
  }

  private static int exitCode(int status) {
    return switch (status) {
      case 401, 403 -> Main.NO_PERMISSION;
      case 404 -> Main.NOT_FOUND;
      default -> Main.FAILED;
    };
  }

  private static Optional<String> detail(byte[] body) {
    try {
      JsonNode detail = JSON.readTree(body).path("detail");
      return detail.isString() ? Optional.of(detail.asString()) : Optional.empty();
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  private static SSLContext trusting(Path authority) throws CommandException {
    try (InputStream in = Files.newInputStream(authority)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int count = 0;
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("ca" + count++, certificate);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      return context(trust.getTrustManagers());
    } catch (IOException | GeneralSecurityException e) {
      throw new CommandException(
          Main.BAD_CONFIGURATION,
          "--ca " + authority + ": cannot be read: " + e + " (expected: a PEM file)");
    }
  }

  private static SSLContext context(TrustManager[] trust) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every platform has TLS", e);
    }
  }
}
