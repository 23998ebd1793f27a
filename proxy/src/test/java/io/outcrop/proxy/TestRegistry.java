package io.outcrop.proxy;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A registry that can be made to misbehave. It counts what it is asked, logs in with bearer tokens
 * where told to, and can be stopped and started again on the same port.
 */
final class TestRegistry implements AutoCloseable {

  private static final Pattern PATH =
      Pattern.compile("/v2/(.+)/(manifests|blobs|tags|referrers)/([^/]+)");
  private static final Pattern RANGE = Pattern.compile("bytes=([0-9]+)-([0-9]*)");

  /** One request as it came. */
  record Request(String method, String target, Map<String, String> headers) {

    String path() {
      return target.split("\\?", 2)[0];
    }

    Optional<String> parameter(String name) {
      String[] parts = target.split("\\?", 2);
      return parts.length < 2
          ? Optional.empty()
          : Arrays.stream(parts[1].split("&", -1))
              .filter(pair -> pair.startsWith(name + '='))
              .map(pair ->
                  URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8))
              .findFirst();
    }

    Optional<String> header(String name) {
      return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }

    boolean is(String wantedMethod, String part) {
      return method.equals(wantedMethod) && target.contains(part);
    }
  }

  /** Misbehaves: answers some requests in place of the registry. */
  @FunctionalInterface
  interface Fault {
    /** Whether the request was answered. */
    boolean answer(Request request, Reply reply) throws Exception;
  }

  private record Document(byte[] bytes, String type, Digest digest) {}

  private final Map<String, Document> manifests = new ConcurrentHashMap<>();
  private final Map<String, byte[]> blobs = new ConcurrentHashMap<>();
  private final Map<String, byte[]> referrers = new ConcurrentHashMap<>();
  private final Map<String, List<String>> tags = new ConcurrentHashMap<>();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final List<Socket> connections = Collections.synchronizedList(new ArrayList<>());
  private final List<String> privateRepositories = new CopyOnWriteArrayList<>();
  private volatile Optional<Fault> fault = Optional.empty();
  private volatile boolean login;
  private volatile CountDownLatch stopped = new CountDownLatch(1);
  private volatile ServerSocket socket;
  private final int port;

  TestRegistry() throws IOException {
    socket = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    port = socket.getLocalPort();
    accept(socket);
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  /** The same registry as another origin. */
  String otherUrl() {
    return "http://localhost:" + port;
  }

  Digest blob(String repository, byte[] bytes) {
    Digest digest = Digest.sha256(bytes);
    blobs.put(repository + '@' + digest, bytes);
    return digest;
  }

  Digest manifest(String repository, String tag, byte[] bytes) {
    return manifest(repository, tag, bytes, MediaType.OCI_MANIFEST);
  }

  Digest manifest(String repository, String tag, byte[] bytes, MediaType type) {
    Digest digest = Digest.sha256(bytes);
    manifest(repository, tag, bytes, type.value(), digest);
    tags.computeIfAbsent(repository, key -> new CopyOnWriteArrayList<>()).add(tag);
    return digest;
  }

  /** Under another digest than SHA-256, and without a tag. */
  void manifest(String repository, Digest digest, byte[] bytes, MediaType type) {
    manifest(repository, digest.toString(), bytes, type.value(), digest);
  }

  void removeTag(String repository, String tag) {
    manifests.remove(repository + '@' + tag);
    tags.getOrDefault(repository, new ArrayList<>()).remove(tag);
  }

  /** Gives the referrers API for one subject. */
  void referrers(String repository, Digest subject, byte[] index) {
    referrers.put(repository + '@' + subject, index);
  }

  /** Has every request log in; a private repository with user and password only. */
  void requireLogin(String... privateOnes) {
    login = true;
    privateRepositories.addAll(List.of(privateOnes));
  }

  void fault(Fault next) {
    fault = Optional.of(next);
  }

  void heal() {
    fault = Optional.empty();
  }

  List<Request> requests() {
    return List.copyOf(requests);
  }

  List<Request> requests(String method, String part) {
    return requests.stream().filter(request -> request.is(method, part)).toList();
  }

  int count(String method, String part) {
    return requests(method, part).size();
  }

  /** Requests but for those that only look whether it is there, or log in. */
  int count() {
    return (int)
        requests.stream()
            .filter(r -> !r.path().equals("/v2/") && !r.path().equals("/token"))
            .count();
  }

  void forgetRequests() {
    requests.clear();
  }

  /** Nobody listens any more. */
  void stop() throws IOException {
    stopped.countDown();
    socket.close();
    synchronized (connections) {
      for (Socket connection : connections) {
        connection.close();
      }
      connections.clear();
    }
  }

  /** Listens again. */
  void start() throws IOException {
    stopped = new CountDownLatch(1);
    ServerSocket again = new ServerSocket();
    again.setReuseAddress(true);
    again.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
    socket = again;
    accept(again);
  }

  @Override
  public void close() throws IOException {
    stop();
  }

  private void manifest(
      String repository, String reference, byte[] bytes, String type, Digest digest) {
    Document document = new Document(bytes, type, digest);
    manifests.put(repository + '@' + reference, document);
    manifests.put(repository + '@' + digest, document);
  }

  private void accept(ServerSocket from) {
    Thread.startVirtualThread(() -> {
      try {
        while (true) {
          Socket connection = from.accept();
          connection.setTcpNoDelay(true);
          connections.add(connection);
          if (from.isClosed()) {
            connection.close(); // An accept that is under way may still succeed.
            return;
          }
          Thread.startVirtualThread(() -> serve(connection));
        }
      } catch (IOException e) {
        // Stopped.
      }
    });
  }

  private void serve(Socket connection) {
    try (connection) {
      InputStream in = new BufferedInputStream(connection.getInputStream());
      for (Optional<Request> next = read(in); next.isPresent(); next = read(in)) {
        Request request = next.get();
        requests.add(request);
        Reply reply = new Reply(connection.getOutputStream(), request, stopped);
        Optional<Fault> now = fault;
        if (now.isEmpty() || !now.get().answer(request, reply)) {
          answer(request, reply);
        }
        if (reply.closes) {
          return;
        }
      }
    } catch (Exception e) {
      // The client went away, or is to see the connection go.
    } finally {
      connections.remove(connection);
    }
  }

  private static Optional<Request> read(InputStream in) throws IOException {
    String first = line(in);
    if (first.isEmpty()) {
      return Optional.empty();
    }
    Map<String, String> headers = new LinkedHashMap<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      String[] pair = line.split(":", 2);
      headers.put(pair[0].toLowerCase(Locale.ROOT), pair[1].strip());
    }
    String[] words = first.split(" ", -1);
    return Optional.of(new Request(words[0], words[1], headers));
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

  /** Answers as a registry should. */
  private void answer(Request request, Reply reply) throws IOException {
    if (request.path().equals("/token")) {
      token(request, reply);
      return;
    }
    Matcher path = PATH.matcher(request.path());
    if (login && !mayRead(request, path.matches() ? path.group(1) : "")) {
      reply.send(
          401,
          "{\"errors\":[{\"code\":\"UNAUTHORIZED\"}]}",
          "WWW-Authenticate: Bearer realm=\""
              + url()
              + "/token\",service=\"test\",scope=\"repository:"
              + (path.matches() ? path.group(1) : "")
              + ":pull\"");
      return;
    }
    if (request.path().equals("/v2/")) {
      reply.send(200, "{}");
    } else if (!path.matches()) {
      reply.send(404, "not a path of a registry");
    } else {
      String key = path.group(1) + '@' + path.group(3);
      switch (path.group(2)) {
        case "manifests" -> manifest(key, reply);
        case "blobs" -> blob(key, request, reply);
        case "tags" -> tags(path.group(1), request, reply);
        default -> {
          byte[] index = referrers.get(key);
          if (index == null) {
            reply.send(404, "404 page not found");
          } else {
            reply.send(200, index, "Content-Type: " + MediaType.OCI_INDEX);
          }
        }
      }
    }
  }

  private void token(Request request, Reply reply) throws IOException {
    String scope = request.parameter("scope").orElse("");
    boolean known = request.header("Authorization").isPresent();
    String repository = scope.replaceAll("repository:(.*):pull", "$1");
    reply.send(
        200, "{\"token\":\"" + (known ? "user" : "anybody") + '~' + repository + "\"}", "X-Y: z");
  }

  private boolean mayRead(Request request, String repository) {
    String authorization = request.header("Authorization").orElse("");
    return authorization.equals("Bearer user~" + repository)
        || (authorization.equals("Bearer anybody~" + repository)
            && !privateRepositories.contains(repository));
  }

  private void manifest(String key, Reply reply) throws IOException {
    Document document = manifests.get(key);
    if (document == null) {
      reply.send(404, "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\"}]}");
    } else {
      reply.send(
          200,
          document.bytes,
          "Content-Type: " + document.type,
          "Docker-Content-Digest: " + document.digest);
    }
  }

  private void blob(String key, Request request, Reply reply) throws IOException {
    byte[] bytes = blobs.get(key);
    if (bytes == null) {
      reply.send(404, "{\"errors\":[{\"code\":\"BLOB_UNKNOWN\"}]}");
      return;
    }
    Matcher range = RANGE.matcher(request.header("Range").orElse(""));
    if (!range.matches()) {
      reply.send(200, bytes, "Content-Type: application/octet-stream");
      return;
    }
    int from = Integer.parseInt(range.group(1));
    if (from >= bytes.length) {
      reply.send(416, "", "Content-Range: bytes */" + bytes.length);
      return;
    }
    int to =
        range.group(2).isEmpty()
            ? bytes.length
            : Math.min(bytes.length, Integer.parseInt(range.group(2)) + 1);
    reply.send(
        206,
        Arrays.copyOfRange(bytes, from, to),
        "Content-Range: bytes " + from + '-' + (to - 1) + '/' + bytes.length);
  }

  private void tags(String repository, Request request, Reply reply) throws IOException {
    List<String> known = tags.get(repository);
    if (known == null) {
      reply.send(404, "{\"errors\":[{\"code\":\"NAME_UNKNOWN\"}]}");
      return;
    }
    String last = request.parameter("last").orElse("");
    int n = request.parameter("n").map(Integer::parseInt).orElse(Integer.MAX_VALUE);
    List<String> behind =
        known.stream().distinct().sorted().filter(tag -> tag.compareTo(last) > 0).toList();
    List<String> page = behind.stream().limit(n).toList();
    String body =
        "{\"name\":\"" + repository + "\",\"tags\":[\"" + String.join("\",\"", page) + "\"]}";
    if (behind.size() > page.size()) {
      reply.send(
          200,
          body,
          "Link: </v2/%s/tags/list?n=%d&last=%s>; rel=\"next\""
              .formatted(repository, n, page.getLast()));
    } else {
      reply.send(200, body.replace("[\"\"]", "[]"));
    }
  }

  /** Writes one answer, rightly or wrongly. */
  static final class Reply {

    private final OutputStream out;
    private final Request request;
    private final CountDownLatch stopped;
    private boolean closes;

    private Reply(OutputStream out, Request request, CountDownLatch stopped) {
      this.out = out;
      this.request = request;
      this.stopped = stopped;
    }

    boolean send(int status, String body, String... headers) throws IOException {
      return send(status, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    boolean send(int status, byte[] body, String... headers) throws IOException {
      List<String> all = new ArrayList<>(List.of(headers));
      all.add("Content-Length: " + body.length);
      head(status, all.toArray(String[]::new));
      return request.method.equals("HEAD") || write(body);
    }

    boolean redirect(String to) throws IOException {
      return send(307, "", "Location: " + to);
    }

    /** Only a head, with exactly these headers. */
    boolean head(int status, String... headers) throws IOException {
      return write(
          ("HTTP/1.1 " + status + " X\r\n" + String.join("\r\n", headers) + "\r\n\r\n")
              .getBytes(StandardCharsets.ISO_8859_1));
    }

    boolean write(byte[] bytes) throws IOException {
      out.write(bytes);
      out.flush();
      return true;
    }

    boolean write(byte[] bytes, int from, int to) throws IOException {
      out.write(bytes, from, to - from);
      out.flush();
      return true;
    }

    /** Answers a request for a blob, with Range or not, as if it were whole; then stops short. */
    int begin(byte[] blob) throws IOException {
      Matcher range = RANGE.matcher(request.header("Range").orElse(""));
      int from = range.matches() ? Integer.parseInt(range.group(1)) : 0;
      if (from > 0) {
        head(
            206,
            "Content-Range: bytes " + from + '-' + (blob.length - 1) + '/' + blob.length,
            "Content-Length: " + (blob.length - from));
      } else {
        head(200, "Content-Length: " + blob.length);
      }
      return from;
    }

    /** Ends the connection. */
    boolean cut() {
      closes = true;
      return true;
    }

    /** Sends nothing more until the registry is stopped. */
    boolean hang() throws InterruptedException {
      stopped.await();
      return cut();
    }
  }
}
