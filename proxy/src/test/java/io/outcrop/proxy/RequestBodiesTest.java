package io.outcrop.proxy;

import static io.outcrop.proxy.Samples.blob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.outcrop.oci.Digest;
import io.outcrop.proxy.config.ListenAddress;
import io.outcrop.proxy.config.ServerTlsConfig;
import io.outcrop.proxy.http.BodyTooLargeException;
import io.outcrop.proxy.http.Exchange;
import io.outcrop.proxy.http.ExchangeObserver;
import io.outcrop.proxy.http.HttpServer;
import io.outcrop.proxy.http.RequestHandler;
import io.outcrop.proxy.http.Response;
import io.outcrop.proxy.http.ServerLimits;
import io.outcrop.proxy.http.ServerTls;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Bodies of requests, sent well and badly, to a handler that reads them on a virtual thread. */
final class RequestBodiesTest {

  private static final int MOST = 1 << 20;
  private static final int LARGE = 48 << 20;

  @TempDir Path folder;
  private LeakWatch leaks;
  private final Uploads uploads = new Uploads();
  private HttpServer plain;
  private HttpServer secure;

  @BeforeEach
  void start() throws Exception {
    leaks = new LeakWatch();
    ServerLimits limits =
        new ServerLimits(
            100, 16 << 10, Duration.ofSeconds(20), Duration.ofSeconds(2), Duration.ofSeconds(2));
    plain = server(limits, Optional.empty());
    Path certificate = folder.resolve("tls.crt");
    Path key = folder.resolve("tls.key");
    TestTls.issue("bodies", certificate, key);
    secure = server(limits, Optional.of(new ServerTls(new ServerTlsConfig(certificate, key))));
  }

  private HttpServer server(ServerLimits limits, Optional<ServerTls> tls) throws IOException {
    return HttpServer.start(
        "test", new ListenAddress("127.0.0.1", 0), 1, uploads, uploads, limits, tls);
  }

  @AfterEach
  void stop() throws Exception {
    uploads.gate.countDown();
    plain.close();
    secure.close();
    leaks.assertNone();
    leaks.close();
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void readsALargeBodyToItsEnd(HttpClient.Version version) throws Exception {
    byte[] bytes = blob(1, LARGE);
    try (HttpClient client = TestTls.client(version)) {
      for (int i = 0; i < 2; i++) {
        HttpResponse<String> response = client.send(put(secure, "/hash", bytes), ofString());
        assertThat(response.version()).isEqualTo(version);
        assertThat(response.body()).isEqualTo(Digest.sha256(bytes).toString());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void readsABodyOfUnknownLength(HttpClient.Version version) throws Exception {
    byte[] bytes = blob(2, 3_000_000);
    try (HttpClient client = TestTls.client(version)) {
      HttpRequest request =
          HttpRequest.newBuilder(uri(secure, "/hash"))
              .PUT(BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(bytes)))
              .build();
      assertThat(client.send(request, ofString()).body())
          .isEqualTo(Digest.sha256(bytes).toString());
    }
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void takesNoMoreThanIsRead(HttpClient.Version version) throws Exception {
    byte[] bytes = blob(3, LARGE);
    AtomicLong given = new AtomicLong();
    try (HttpClient client = TestTls.client(version)) {
      HttpRequest request =
          HttpRequest.newBuilder(uri(secure, "/gated"))
              .PUT(BodyPublishers.ofInputStream(() -> new CountedStream(bytes, given)))
              .build();
      CompletableFuture<HttpResponse<String>> answer = client.sendAsync(request, ofString());
      await().during(Duration.ofMillis(500)).until(() -> standsStill(given));
      // What is missing stands in the buffers of both sockets and of the client.
      assertThat(given.get()).isLessThan(24 << 20);
      uploads.gate.countDown();
      assertThat(answer.get().body()).isEqualTo(Digest.sha256(bytes).toString());
    }
  }

  private static boolean standsStill(AtomicLong given) throws InterruptedException {
    long before = given.get();
    Thread.sleep(50);
    return before > 0 && given.get() == before;
  }

  @Test
  void holdsLittleOfWhatNobodyReads() throws Exception {
    try (RawHttp client = new RawHttp(plain.port())) {
      client.send(RawHttp.request("PUT", "/gated", "Content-Length: " + LARGE));
      Thread sender = Thread.startVirtualThread(() -> sendQuietly(client, LARGE));
      await().until(() -> uploads.reading.get() == 1);
      await().during(Duration.ofMillis(500)).until(() -> uploads.held() > 0);
      assertThat(uploads.held()).isLessThan(1 << 20);
      uploads.gate.countDown();
      assertThat(client.read().status()).isEqualTo(200);
      sender.join();
    }
  }

  private static void sendQuietly(RawHttp client, int length) {
    try {
      client.send("x".repeat(length));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void letsAClientThatAsksGoOn_whenTheBodyIsWanted() throws Exception {
    try (RawHttp client = new RawHttp(plain.port())) {
      client.send(RawHttp.request("PUT", "/hash", "Content-Length: 5", "Expect: 100-continue"));
      assertThat(client.readHead().status()).isEqualTo(100);
      client.send("hello");
      assertThat(client.read().status()).isEqualTo(200);
      client.send(RawHttp.request("GET", "/none"));
      assertThat(client.read().status()).isEqualTo(404);
    }
  }

  @Test
  void letsAClientThatAsksOverHttp2GoOn() throws Exception {
    try (HttpClient client = TestTls.client(HttpClient.Version.HTTP_2)) {
      HttpRequest request =
          HttpRequest.newBuilder(uri(secure, "/hash"))
              .expectContinue(true)
              .PUT(BodyPublishers.ofString("hello"))
              .build();
      assertThat(client.send(request, ofString()).body())
          .isEqualTo(Digest.sha256("hello".getBytes(StandardCharsets.UTF_8)).toString());
    }
  }

  @Test
  void answersAClientThatAsks_withoutItsBodyWhereNobodyWantsIt() throws Exception {
    try (RawHttp client = new RawHttp(plain.port())) {
      client.send(
          RawHttp.request("PUT", "/none", "Content-Length: 5000000", "Expect: 100-continue"));
      RawHttp.Answer answer = client.read();
      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.header("Connection")).hasValue("close");
    }
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void answersAClientThatStillSends(HttpClient.Version version) throws Exception {
    try (HttpClient client = TestTls.client(version)) {
      for (int i = 0; i < 5; i++) {
        HttpResponse<String> response =
            client.send(put(secure, "/none", blob(4, 2_000_000)), ofString());
        assertThat(response.statusCode()).isEqualTo(404);
      }
    }
  }

  @Test
  void dropsTheRestOfABodyThatNobodyWants() throws Exception {
    try (RawHttp client = new RawHttp(plain.port())) {
      client.send(RawHttp.request("PUT", "/none", "Content-Length: 2000000"));
      assertThat(client.read().status()).isEqualTo(404);
      client.send("x".repeat(2_000_000));
      assertThat(client.isClosed()).isTrue();
    }
  }

  @Test
  void closesOnAClientThatIsAnsweredAndKeepsSendingForEver() throws Exception {
    try (RawHttp client = new RawHttp(plain.port())) {
      client.send(RawHttp.request("PUT", "/none", "Content-Length: 999999999"));
      assertThat(client.read().status()).isEqualTo(404);
      // Told too late, as the bytes on their way are not known to be in vain.
      org.assertj.core.api.Assertions.assertThatThrownBy(
              () -> {
                for (int i = 0; i < 100; i++) {
                  client.send("x".repeat(1_000_000));
                }
              })
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void refusesABodyThatIsTooLong() throws Exception {
    try (RawHttp client = new RawHttp(plain.port())) {
      client.send(RawHttp.request("POST", "/json", "Content-Length: " + (MOST + 1)));
      assertThat(client.read().status()).isEqualTo(413);
    }
    try (RawHttp client = new RawHttp(plain.port())) {
      client.send(RawHttp.request("POST", "/json", "Transfer-Encoding: chunked"));
      client.send(Integer.toHexString(MOST + 1) + "\r\n" + "x".repeat(MOST + 1) + "\r\n0\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(413);
    }
    try (RawHttp client = new RawHttp(plain.port())) {
      client.send(RawHttp.request("POST", "/json", "Content-Length: " + MOST));
      client.send("x".repeat(MOST));
      assertThat(client.read().status()).isEqualTo(200);
    }
  }

  @Test
  void givesUpOnASenderThatStalls() throws Exception {
    try (RawHttp client = new RawHttp(plain.port())) {
      client.send(RawHttp.request("PUT", "/hash", "Content-Length: 100") + "only this");
      await().until(() -> uploads.failures.get() == 1);
      assertThat(client.isClosed()).isTrue();
    }
    await().until(() -> uploads.open.get() == 0);
  }

  @Test
  void goesOnWithASenderThatIsSlowButSends() throws Exception {
    try (RawHttp client = new RawHttp(plain.port())) {
      client.send(RawHttp.request("PUT", "/hash", "Content-Length: 6"));
      for (int i = 0; i < 6; i++) {
        Thread.sleep(700);
        client.send("x");
      }
      assertThat(client.read().status()).isEqualTo(200);
    }
  }

  @Test
  void noticesASenderThatGoesAway() throws Exception {
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), plain.port())) {
      OutputStream out = client.getOutputStream();
      out.write(
          (RawHttp.request("PUT", "/hash", "Content-Length: 100") + "only this")
              .getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      await().until(() -> uploads.reading.get() == 1);
    }
    await().until(() -> uploads.failures.get() == 1);
    await().until(() -> uploads.open.get() == 0);
  }

  @Test
  void refusesAMalformedBody() throws Exception {
    try (RawHttp client = new RawHttp(plain.port())) {
      client.send(RawHttp.request("PUT", "/hash", "Transfer-Encoding: chunked"));
      client.send("5\r\nhello\r\nnonsense\r\n");
      assertThat(client.read().status()).isEqualTo(400);
      assertThat(client.isClosed()).isTrue();
    }
  }

  @Test
  void readsBodiesSentAheadInTheirOrder() throws Exception {
    try (RawHttp client = new RawHttp(plain.port())) {
      StringBuilder requests = new StringBuilder();
      for (int i = 0; i < 30; i++) {
        String body = String.valueOf((char) ('a' + i % 26)).repeat(i * 10);
        requests.append(RawHttp.request("PUT", "/echo", "Content-Length: " + body.length()));
        requests.append(body);
      }
      client.send(requests.toString());
      for (int i = 0; i < 30; i++) {
        assertThat(new String(client.read().body(), StandardCharsets.US_ASCII))
            .isEqualTo(String.valueOf((char) ('a' + i % 26)).repeat(i * 10));
      }
    }
  }

  @Test
  void boundsWhatManySmallPiecesCost() throws Exception {
    try (RawHttp client = new RawHttp(plain.port())) {
      client.send(RawHttp.request("PUT", "/gated", "Transfer-Encoding: chunked"));
      Thread sender =
          Thread.startVirtualThread(() -> {
            try {
              client.send("1\r\nx\r\n".repeat(40_000));
            } catch (IOException e) {
              // It is ended before.
            }
          });
      await().until(() -> uploads.reading.get() == 1);
      await().during(Duration.ofMillis(500)).until(() -> uploads.held() > 0);
      // A read of the connection may bring some ten thousand of them at once.
      assertThat(uploads.held()).isLessThan(4 << 20);
      client.close();
      uploads.gate.countDown();
      sender.join();
    }
    await().until(() -> uploads.failures.get() == 1);
  }

  private static URI uri(HttpServer server, String path) {
    return URI.create("https://127.0.0.1:" + server.port() + path);
  }

  private static HttpRequest put(HttpServer server, String path, byte[] body) {
    return HttpRequest.newBuilder(uri(server, path)).PUT(BodyPublishers.ofByteArray(body)).build();
  }

  private static HttpResponse.BodyHandler<String> ofString() {
    return BodyHandlers.ofString();
  }

  private static final class CountedStream extends InputStream {
    private final InputStream in;
    private final AtomicLong count;

    CountedStream(byte[] bytes, AtomicLong count) {
      this.in = new java.io.ByteArrayInputStream(bytes);
      this.count = count;
    }

    @Override
    public int read() throws IOException {
      throw new UnsupportedOperationException();
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
      int n = in.read(target, from, length);
      count.addAndGet(Math.max(0, n));
      return n;
    }
  }

  /** Does with a body what its path says. */
  private static final class Uploads implements RequestHandler, ExchangeObserver {

    private final CountDownLatch gate = new CountDownLatch(1);
    private final AtomicLong reading = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final AtomicLong open = new AtomicLong();
    private volatile Optional<Exchange> latest = Optional.empty();

    @Override
    public boolean takesBodies() {
      return true;
    }

    /** Bytes that have come and that nobody has read. */
    long held() {
      return latest.map(exchange -> exchange.body().buffered()).orElse(0L);
    }

    @Override
    public void handle(Exchange exchange) {
      latest = Optional.of(exchange);
      if (exchange.target().path().equals("/none")) {
        exchange.respond(text(HttpResponseStatus.NOT_FOUND, "none"));
        return;
      }
      Thread.startVirtualThread(() -> {
        reading.incrementAndGet();
        try {
          exchange.respond(text(HttpResponseStatus.OK, answer(exchange)));
        } catch (BodyTooLargeException e) {
          exchange.respond(text(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, "too large"));
        } catch (Exception e) {
          failures.incrementAndGet();
          exchange.respond(text(HttpResponseStatus.BAD_REQUEST, String.valueOf(e)));
        }
      });
    }

    private String answer(Exchange exchange) throws Exception {
      return switch (exchange.target().path()) {
        case "/gated" -> {
          gate.await();
          yield hash(exchange);
        }
        case "/hash" -> hash(exchange);
        case "/json" -> Integer.toString(exchange.body().readAll(MOST).length);
        case "/echo" -> new String(exchange.body().readAll(MOST), StandardCharsets.US_ASCII);
        default -> throw new IllegalArgumentException(exchange.target().path());
      };
    }

    private static String hash(Exchange exchange) throws Exception {
      MessageDigest hash = Digest.sha256(new byte[0]).algorithm().newMessageDigest();
      ByteBuffer chunk = ByteBuffer.allocateDirect(64 << 10);
      while (exchange.body().read(chunk.clear()) >= 0) {
        hash.update(chunk.flip());
      }
      return Digest.finish(Digest.sha256(new byte[0]).algorithm(), hash).toString();
    }

    private static Response text(HttpResponseStatus status, String body) {
      return Response.of(status, Response.newHeaders(), body.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void started() {
      open.incrementAndGet();
    }

    @Override
    public void ended(Exchange exchange, Result result) {
      open.decrementAndGet();
    }
  }
}
