package io.outcrop.proxy;

import io.outcrop.oci.Namespace;
import io.outcrop.proxy.config.AccessLog;
import io.outcrop.proxy.config.AdminConfig;
import io.outcrop.proxy.config.ByteSize;
import io.outcrop.proxy.config.ClientTlsConfig;
import io.outcrop.proxy.config.CredentialConfig;
import io.outcrop.proxy.config.EdgeConfig;
import io.outcrop.proxy.config.ListenAddress;
import io.outcrop.proxy.config.LogConfig;
import io.outcrop.proxy.config.OutcropConfig;
import io.outcrop.proxy.config.ProxyConfig;
import io.outcrop.proxy.config.RefactorConfig;
import io.outcrop.proxy.config.RefactorMode;
import io.outcrop.proxy.config.RefactorRules;
import io.outcrop.proxy.config.RegistryConfig;
import io.outcrop.proxy.config.ServerTlsConfig;
import io.outcrop.proxy.config.StorageConfig;
import io.outcrop.proxy.config.StorageConfig.Capacity;
import io.outcrop.proxy.config.StorageConfig.ScrubConfig;
import io.outcrop.proxy.config.UpstreamConfig;
import io.outcrop.proxy.config.UpstreamConfig.TagConfig;
import io.outcrop.proxy.config.UpstreamConfig.UpstreamLimits;
import io.outcrop.proxy.config.UpstreamConfig.UpstreamTimeouts;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

/** A real edge on free ports, with short timeouts, and a client to ask it with. */
final class TestEdge implements AutoCloseable {

  /** Fresh for five minutes, then answered at once and asked behind for one more hour. */
  static final TagConfig TAGS =
      new TagConfig(Duration.ofMinutes(5), Duration.ofHours(1), Duration.ofSeconds(30), List.of());

  /** Asked for every time. */
  static final TagConfig NEVER_FRESH =
      new TagConfig(Duration.ZERO, Duration.ZERO, Duration.ZERO, List.of());

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final OutcropConfig config;
  private final TestClock clock;
  private final Map<String, String> environment;
  private Edge edge;

  private TestEdge(OutcropConfig config, TestClock clock, Map<String, String> environment)
      throws IOException {
    this.config = config;
    this.clock = clock;
    this.environment = environment;
    this.edge = Edge.start(config, environment, clock);
  }

  static Builder in(Path folder) {
    return new Builder(folder);
  }

  TestClock clock() {
    return clock;
  }

  int port() {
    return edge.registryPort();
  }

  URI uri(String path) {
    return URI.create(
        (config.registry().tls().isPresent() ? "https" : "http")
            + "://127.0.0.1:"
            + edge.registryPort()
            + path);
  }

  HttpRequest.Builder request(String path, String... headers) {
    HttpRequest.Builder builder = HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(30));
    return headers.length == 0 ? builder : builder.headers(headers);
  }

  HttpResponse<byte[]> get(String path, String... headers) throws IOException {
    return send(request(path, headers).build());
  }

  HttpResponse<byte[]> head(String path, String... headers) throws IOException {
    return send(request(path, headers).HEAD().build());
  }

  CompletableFuture<HttpResponse<byte[]>> getLater(String path, String... headers) {
    return CLIENT.sendAsync(request(path, headers).build(), BodyHandlers.ofByteArray());
  }

  /** Answers as soon as the head is there. */
  HttpResponse<InputStream> open(String path, String... headers) throws IOException {
    try {
      return CLIENT.send(request(path, headers).build(), BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  HttpResponse<byte[]> send(HttpRequest request) throws IOException {
    try {
      return CLIENT.send(request, BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  String admin(String path) throws IOException {
    HttpResponse<byte[]> response =
        send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + edge.adminPort() + path))
                .build());
    return new String(response.body(), java.nio.charset.StandardCharsets.UTF_8);
  }

  List<String> adminRoutes() {
    return edge.adminRoutes();
  }

  String adminUrl() {
    return "http://127.0.0.1:" + edge.adminPort();
  }

  int adminPort() {
    return edge.adminPort();
  }

  /** The sum of all time series of a metric whose labels contain some text. */
  double metric(String name, String... labels) throws IOException {
    return admin("/metrics")
        .lines()
        .filter(line -> line.startsWith(name + '{') || line.startsWith(name + ' '))
        .filter(line -> List.of(labels).stream().allMatch(line::contains))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  void stop() {
    edge.close();
  }

  void restart() throws IOException {
    edge.close();
    edge = Edge.start(config, environment, clock);
  }

  @Override
  public void close() {
    edge.close();
  }

  /** An edge in the making. */
  static final class Builder {

    private final Path folder;
    private final List<UpstreamConfig> upstreams = new ArrayList<>();
    private final TestClock clock = new TestClock();
    private Map<String, String> environment = Map.of();
    private TagConfig tags = TAGS;
    private CredentialConfig credentials = new CredentialConfig.Anonymous();
    private UpstreamTimeouts timeouts =
        new UpstreamTimeouts(Duration.ofSeconds(2), Duration.ofSeconds(5), Duration.ofMillis(600));
    private boolean prefetch;
    private long capacity = 256L << 20;
    private long keepFree;
    private long memoryCache = 8 << 20;
    private ScrubConfig scrub = new ScrubConfig(new ByteSize(1L << 32), Optional.empty());
    private Optional<ServerTlsConfig> tls = Optional.empty();
    private Optional<Path> adminToken = Optional.empty();
    private Optional<ServerTlsConfig> adminTls = Optional.empty();
    private int port;
    private int maxConnections = 1000;
    private Duration idle = Duration.ofSeconds(60);
    private Duration header = Duration.ofSeconds(10);
    private Duration slow = Duration.ofSeconds(60);
    private AccessLog accessLog = new AccessLog.Off();
    private RefactorRules refactorRules = RefactorRules.OFF;
    private RefactorConfig refactor = refactorConfig(Duration.ZERO);

    private Builder(Path folder) {
      this.folder = folder;
    }

    Builder tags(TagConfig config) {
      tags = config;
      return this;
    }

    Builder immutable(String pattern) {
      tags =
          new TagConfig(
              Duration.ZERO, Duration.ZERO, Duration.ZERO, List.of(Pattern.compile(pattern)));
      return this;
    }

    Builder login(String user, String password) {
      credentials = new CredentialConfig.UserEnvironment(user, "PASSWORD");
      environment = Map.of("PASSWORD", password);
      return this;
    }

    Builder timeouts(Duration connect, Duration response, Duration stall) {
      timeouts = new UpstreamTimeouts(connect, response, stall);
      return this;
    }

    /** Fetches layers ahead of clients. */
    Builder prefetch() {
      prefetch = true;
      return this;
    }

    Builder capacity(long bytes) {
      capacity = bytes;
      return this;
    }

    Builder keepFree(long bytes) {
      keepFree = bytes;
      return this;
    }

    /** Bytes of small content kept on the heap; with 0 each read reaches the disk. */
    Builder memoryCache(long bytes) {
      memoryCache = bytes;
      return this;
    }

    /** With an interval it begins by itself. */
    Builder scrub(long bytesPerSecond, Duration interval) {
      scrub = new ScrubConfig(new ByteSize(bytesPerSecond), Optional.of(interval));
      return this;
    }

    Builder tls(Path certificate, Path key) {
      tls = Optional.of(new ServerTlsConfig(certificate, key));
      return this;
    }

    /** The file with the token that the admin listener asks for. */
    Builder adminToken(Path file) {
      adminToken = Optional.of(file);
      return this;
    }

    Builder adminTls(Path certificate, Path key) {
      adminTls = Optional.of(new ServerTlsConfig(certificate, key));
      return this;
    }

    Builder listen(int onPort) {
      port = onPort;
      return this;
    }

    Builder maxConnections(int most) {
      maxConnections = most;
      return this;
    }

    Builder accessLog(Path file) {
      accessLog = new AccessLog.ToFile(file);
      return this;
    }

    /** Has images refactored, and tag requests wait for that so long. */
    Builder refactor(RefactorMode mode, Duration maxWait) {
      refactorRules = new RefactorRules(mode, List.of());
      refactor = refactorConfig(maxWait);
      return this;
    }

    private static RefactorConfig refactorConfig(Duration maxWait) {
      return new RefactorConfig(
          2,
          RefactorConfig.Compression.GZIP,
          1,
          new ByteSize(64 << 10),
          100,
          maxWait,
          List.of("linux/amd64"));
    }

    /** How long a client may be idle, slow to ask, and slow to take what it asked for. */
    Builder patience(Duration idleTime, Duration headerTime, Duration slowTime) {
      idle = idleTime;
      header = headerTime;
      slow = slowTime;
      return this;
    }

    /** Adds an upstream, with what was said about upstreams so far. */
    Builder upstream(String namespace, String endpoint) {
      upstreams.add(
          new UpstreamConfig(
              new Namespace(namespace),
              List.of(URI.create(endpoint)),
              tags,
              credentials,
              ClientTlsConfig.PLATFORM,
              new ProxyConfig.Direct(),
              new UpstreamLimits(64, Optional.empty(), Optional.empty()),
              timeouts,
              prefetch,
              refactorRules,
              List.of()));
      return this;
    }

    TestEdge start() throws IOException {
      return new TestEdge(
          new OutcropConfig(
              new EdgeConfig("test-edge", "default"),
              new RegistryConfig(
                  new ListenAddress("127.0.0.1", port),
                  tls,
                  maxConnections,
                  new ByteSize(16 << 10),
                  idle,
                  header,
                  slow,
                  accessLog),
              new AdminConfig(new ListenAddress("127.0.0.1", 0), adminToken, adminTls),
              new StorageConfig(
                  folder,
                  new Capacity.Bytes(new ByteSize(capacity)),
                  new Capacity.Bytes(new ByteSize(keepFree)),
                  new ByteSize(memoryCache),
                  scrub),
              upstreams.getFirst().namespace(),
              upstreams,
              refactor,
              new LogConfig(LogConfig.Level.INFO, LogConfig.Format.TEXT)),
          clock,
          environment);
    }
  }
}
