package io.outcrop.proxy.upstream;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** A server that answers byte by byte as a test says, also wrongly. */
final class RawServer implements AutoCloseable {

  /** One request. */
  record Request(String line, List<String> headers) {

    Optional<String> header(String name) {
      String prefix = name.toLowerCase(Locale.ROOT) + ": ";
      return headers.stream()
          .filter(header -> header.toLowerCase(Locale.ROOT).startsWith(prefix))
          .map(header -> header.substring(prefix.length()))
          .findFirst();
    }

    String path() {
      return line.split(" ", -1)[1];
    }
  }

  /** Answers a request; the connection is closed when it returns false. */
  @FunctionalInterface
  interface Handler {
    boolean answer(Request request, Exchange exchange) throws Exception;
  }

  /** What a handler writes with. */
  record Exchange(Socket socket, CountDownLatch stopped) {

    boolean send(String head, byte[] body) throws IOException {
      return send(head + "\r\ncontent-length: " + body.length + "\r\n\r\n", body, body.length);
    }

    boolean send(String head, byte[] body, int length) throws IOException {
      OutputStream out = socket.getOutputStream();
      out.write(head.getBytes(StandardCharsets.ISO_8859_1));
      out.write(body, 0, length);
      out.flush();
      return true;
    }

    boolean send(String head) throws IOException {
      return send(head, new byte[0]);
    }

    /** Sends nothing more, and keeps the connection until the server is closed. */
    boolean hang() throws InterruptedException {
      stopped.await();
      return false;
    }
  }

  private final ServerSocket socket;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
  private final List<Socket> connections = Collections.synchronizedList(new ArrayList<>());
  private volatile Handler handler;

  RawServer(Handler handler) throws IOException {
    this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), handler);
  }

  RawServer(ServerSocket socket, Handler handler) {
    this.socket = socket;
    this.handler = handler;
    Thread.startVirtualThread(this::accept);
  }

  /** A port at which nobody listens, as far as one can tell. */
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  int port() {
    return socket.getLocalPort();
  }

  /** By address. */
  String url() {
    return "http://127.0.0.1:" + port();
  }

  /** By name: another origin than {@link #url}. */
  String otherUrl() {
    return "http://localhost:" + port();
  }

  void handle(Handler next) {
    handler = next;
  }

  List<Request> requests() {
    synchronized (requests) {
      return List.copyOf(requests);
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket connection = socket.accept();
        connections.add(connection);
        Thread.startVirtualThread(() -> serve(connection));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      InputStream in = connection.getInputStream();
      boolean more = true;
      while (more) {
        List<String> head = new ArrayList<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
          head.add(line);
        }
        if (head.isEmpty()) {
          return;
        }
        Request request = new Request(head.getFirst(), List.copyOf(head.subList(1, head.size())));
        in.readNBytes(request.header("Content-Length").map(Integer::parseInt).orElse(0));
        requests.add(request);
        more = handler.answer(request, new Exchange(connection, stopped));
      }
    } catch (Exception e) {
      // The client went away.
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    stopped.countDown();
    socket.close();
    synchronized (connections) {
      for (Socket connection : connections) {
        connection.close();
      }
    }
  }
}
