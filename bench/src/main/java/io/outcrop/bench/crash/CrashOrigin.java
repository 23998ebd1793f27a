package io.outcrop.bench.crash;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.outcrop.bench.crash.Catalog.Piece;
import io.outcrop.oci.MediaType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The registry that Outcrop mirrors while it is killed: serves a {@link Catalog}, moves its tags as
 * time goes by, and tells what was asked of it.
 */
final class CrashOrigin {

  private static final Pattern PATH =
      Pattern.compile("/v2/(bench/app-([0-9]+))/(manifests|blobs)/([^/]+)");
  private static final Pattern RANGE = Pattern.compile("bytes=([0-9]+)-");

  private final Catalog catalog;
  // The digests whose bytes were sent, in order.
  private final List<String> sent = Collections.synchronizedList(new ArrayList<>());

  private CrashOrigin(Catalog catalog) {
    this.catalog = catalog;
  }

  /** Takes a seed; prints the port it listens on, and serves until it is ended. */
  public static void main(String[] arguments) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 200);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    CrashOrigin origin = new CrashOrigin(new Catalog(Long.parseLong(arguments[0])));
    server.createContext("/", origin::answer);
    server.start();
    System.out.println(server.getAddress().getPort());
    System.out.flush();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      Matcher matcher = PATH.matcher(path);
      if (path.equals("/v2/")) {
        send(exchange, 200, "{}".getBytes(StandardCharsets.UTF_8));
      } else if (path.equals("/sent")) {
        sent(exchange);
      } else if (matcher.matches()) {
        content(exchange, matcher);
      } else {
        send(exchange, 404, new byte[0]);
      }
    }
  }

  /** What was sent after the first so many. */
  private void sent(HttpExchange exchange) throws IOException {
    int from = Integer.parseInt(exchange.getRequestURI().getQuery());
    String lines;
    synchronized (sent) {
      lines = String.join("\n", sent.subList(from, sent.size()));
    }
    send(exchange, 200, lines.getBytes(StandardCharsets.UTF_8));
  }

  private void content(HttpExchange exchange, Matcher path) throws IOException {
    String reference = path.group(4);
    boolean byDigest = reference.startsWith("sha256:");
    if (!byDigest) {
      int repository = Integer.parseInt(path.group(2));
      int version =
          reference.equals("latest")
              ? Catalog.latest(repository, System.currentTimeMillis())
              : Integer.parseInt(reference.substring(1));
      reference = catalog.image(repository, version).manifest().digest().toString();
    }
    Piece piece = catalog.piece(reference);
    if (piece == null) {
      send(exchange, 404, new byte[0]);
      return;
    }
    boolean manifest = path.group(3).equals("manifests");
    exchange
        .getResponseHeaders()
        .set("Content-Type", (manifest ? MediaType.OCI_MANIFEST : MediaType.OCTET_STREAM).value());
    exchange.getResponseHeaders().set("Docker-Content-Digest", reference);
    // Who asks for a tag that it does not know yet is sent a manifest, whether it has that or not.
    if (byDigest && !exchange.getRequestMethod().equals("HEAD")) {
      sent.add(reference);
    }
    byte[] bytes = piece.bytes();
    Matcher range = RANGE.matcher(String.valueOf(exchange.getRequestHeaders().getFirst("Range")));
    int from = range.matches() ? Integer.parseInt(range.group(1)) : 0;
    if (from > 0 && from < bytes.length) {
      exchange
          .getResponseHeaders()
          .set("Content-Range", "bytes %d-%d/%d".formatted(from, bytes.length - 1, bytes.length));
      send(exchange, 206, java.util.Arrays.copyOfRange(bytes, from, bytes.length));
    } else {
      send(exchange, 200, bytes);
    }
  }

  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    boolean head = exchange.getRequestMethod().equals("HEAD");
    if (head) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
    }
    exchange.sendResponseHeaders(status, head || body.length == 0 ? -1 : body.length);
    if (!head && body.length > 0) {
      exchange.getResponseBody().write(body);
    }
  }
}
