package io.outcrop.proxy.cli;

import com.sun.net.httpserver.HttpServer;
import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.oci.Namespace;
import io.outcrop.proxy.Edge;
import io.outcrop.proxy.config.AccessLog;
import io.outcrop.proxy.config.AdminConfig;
import io.outcrop.proxy.config.ConfigLoader;
import io.outcrop.proxy.config.ListenAddress;
import io.outcrop.proxy.config.OutcropConfig;
import io.outcrop.proxy.config.RegistryConfig;
import io.outcrop.proxy.config.StorageConfig;
import io.outcrop.proxy.config.UpstreamConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/**
 * Lets an edge serve a few pulls from an origin in this process, so that the platform can record
 * which classes that takes (JEP 483, 514) and the next start has them ready. Run by the launcher
 * after a build.
 */
@Command(name = "aot-training", hidden = true)
final class AotTrainingCommand implements Callable<Integer> {

  private static final int ROUNDS = 20;
  private static final int LAYER_BYTES = 200_000;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("outcrop-training");
    HttpServer origin =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    try {
      byte[] layer = new byte[LAYER_BYTES];
      byte[] manifest = manifest(layer);
      answer(origin, "/v2/a/b/manifests/", manifest, MediaType.OCI_MANIFEST);
      answer(origin, "/v2/a/b/blobs/", layer, MediaType.OCTET_STREAM);
      origin.start();
      OutcropConfig config = config(folder, origin.getAddress().getPort());
      Logging.configure(config.log());
      try (Edge edge = Edge.start(config, Map.of(), Clock.systemUTC())) {
        for (int i = 0; i < ROUNDS; i++) {
          get(edge.registryPort(), "/v2/");
          get(edge.registryPort(), "/v2/a/b/manifests/1?ns=training.test");
          get(edge.registryPort(), "/v2/training.test/a/b/blobs/" + Digest.sha256(layer));
          get(edge.registryPort(), "/v2/a/b/manifests/missing?ns=unknown.test");
        }
        get(edge.adminPort(), "/readyz");
        get(edge.adminPort(), "/metrics");
        ask(edge.adminPort(), "status");
        String image = "training.test/a/b:1";
        ask(edge.adminPort(), "status", "--json");
        ask(edge.adminPort(), "pin", image);
        ask(edge.adminPort(), "pins");
        ask(edge.adminPort(), "ls");
        ask(edge.adminPort(), "explain", image);
        ask(edge.adminPort(), "unpin", image);
        ask(edge.adminPort(), "prefetch", image);
        ask(edge.adminPort(), "jobs");
        ask(edge.adminPort(), "evict", image);
      }
      return 0;
    } finally {
      origin.stop(0);
      deleteAll(folder);
    }
  }

  private static OutcropConfig config(Path folder, int originPort) {
    OutcropConfig defaults = ConfigLoader.defaults(Map.of());
    UpstreamConfig model = defaults.upstreams().getFirst();
    Namespace namespace = new Namespace("training.test");
    ListenAddress anyPort = new ListenAddress("127.0.0.1", 0);
    RegistryConfig registry = defaults.registry();
    return new OutcropConfig(
        defaults.edge(),
        new RegistryConfig(
            anyPort,
            Optional.empty(),
            registry.maxConnections(),
            registry.maxHeaderSize(),
            registry.idleTimeout(),
            registry.headerTimeout(),
            registry.slowClientTimeout(),
            new AccessLog.ToFile(folder.resolve("access.log"))),
        new AdminConfig(anyPort, Optional.empty(), Optional.empty()),
        new StorageConfig(
            folder.resolve("data"),
            defaults.storage().capacity(),
            defaults.storage().keepFree(),
            defaults.storage().memoryCache(),
            defaults.storage().scrub()),
        namespace,
        List.of(
            new UpstreamConfig(
                namespace,
                List.of(URI.create("http://127.0.0.1:" + originPort)),
                model.tags(),
                model.credentials(),
                model.tls(),
                model.proxy(),
                model.limits(),
                model.timeouts(),
                model.prefetch(),
                model.refactor(),
                model.tokenHosts())),
        defaults.refactor(),
        defaults.log());
  }

  private static byte[] manifest(byte[] layer) {
    String descriptor =
        "{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar\",\"digest\":\""
            + Digest.sha256(layer)
            + "\",\"size\":"
            + layer.length
            + "}";
    return ("{\"schemaVersion\":2,\"mediaType\":\""
            + MediaType.OCI_MANIFEST
            + "\",\"config\":"
            + descriptor
            + ",\"layers\":["
            + descriptor
            + "]}")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static void answer(HttpServer origin, String path, byte[] body, MediaType type) {
    origin.createContext(
        path,
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", type.value());
          exchange
              .getResponseHeaders()
              .set("Docker-Content-Digest", Digest.sha256(body).toString());
          boolean head = exchange.getRequestMethod().equals("HEAD");
          exchange.sendResponseHeaders(200, head ? -1 : body.length);
          if (!head) {
            exchange.getResponseBody().write(body);
          }
          exchange.close();
        });
  }

  private static void get(int port, String path) throws IOException, InterruptedException {
    // A client each time would be slow; the platform's own is what upstreams are asked with too.
    CLIENT.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
        BodyHandlers.discarding());
  }

  /** Lets the verbs have their classes recorded too, for they are to answer at once. */
  private static void ask(int adminPort, String... verb) {
    List<String> arguments = new ArrayList<>(List.of(verb));
    arguments.add("--admin=http://127.0.0.1:" + adminPort);
    int code = Main.run(arguments.toArray(String[]::new));
    if (code != 0) {
      throw new IllegalStateException(arguments + ": " + code + " (expected: 0)");
    }
  }

  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private static void deleteAll(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
