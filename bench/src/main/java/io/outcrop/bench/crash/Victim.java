package io.outcrop.bench.crash;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The Outcrop that is killed: started by its launcher, on one folder and the same two ports. */
final class Victim {

  private static final Duration LOOK = Duration.ofMillis(10);

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();
  private final Path launcher;
  private final Path folder;
  private final int port = freePort();
  private final int adminPort = freePort();
  private volatile @Nullable Process process;

  /**
   * @param launcher the program
   * @param folder where its configuration, content and log go
   */
  Victim(Path launcher, Path folder, int originPort, long capacity) throws IOException {
    this.launcher = launcher;
    this.folder = folder;
    Files.writeString(
        folder.resolve("outcrop.yaml"),
        """
        edge: {id: crash}
        registry: {listen: "127.0.0.1:%d", accessLog: off}
        admin: {listen: "127.0.0.1:%d"}
        storage: {path: data, capacity: %d, scrub: {rate: 64MiB, interval: 1h}}
        defaultNamespace: bench.test
        upstreams:
          - {namespace: bench.test, endpoints: ["http://127.0.0.1:%d"], proxy: direct, tagFreshness: 300ms, staleWhileRevalidate: 300ms}
        """
            .formatted(port, adminPort, capacity, originPort));
  }

  /** Where it keeps what it holds. */
  Path data() {
    return folder.resolve("data");
  }

  /** The address of something that clients ask for. */
  URI registry(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  /** Launches it, and does not wait. */
  void launch() throws IOException {
    File log = folder.resolve("outcrop.log").toFile();
    ProcessBuilder builder =
        new ProcessBuilder(
                launcher.toString(), "serve", "--config", folder.resolve("outcrop.yaml").toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log));
    builder.environment().keySet().removeIf(name -> name.startsWith("OUTCROP_"));
    process = builder.start();
  }

  /** Waits until it serves; false if it does not come to that in time, or ends. */
  boolean awaitReady(Duration most) {
    long start = System.nanoTime();
    while (running().isAlive() && System.nanoTime() - start < most.toNanos()) {
      try {
        if (admin("GET", "/readyz", Optional.empty()).statusCode() == 200) {
          return true;
        }
      } catch (IOException e) {
        // Not yet.
      }
      LockSupport.parkNanos(LOOK.toNanos());
    }
    return false;
  }

  /** Ends it as a loss of power would, but for what the kernel has. */
  void kill() throws InterruptedException {
    running().destroyForcibly().waitFor();
  }

  /** Ends it if it runs, and does not wait. */
  void abandon() {
    if (process != null) {
      process.destroyForcibly();
    }
  }

  /** Ends it in good order. */
  void terminate() throws InterruptedException {
    running().destroy();
    if (!running().waitFor(20, TimeUnit.SECONDS)) {
      kill();
    }
  }

  /** Holds it still, or lets it go on. */
  void hold(boolean still) throws IOException, InterruptedException {
    new ProcessBuilder("kill", still ? "-STOP" : "-CONT", Long.toString(running().pid()))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  /** Asks its admin listener. */
  HttpResponse<String> admin(String method, String path, Optional<String> json) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + adminPort + path))
            .timeout(Duration.ofSeconds(60))
            .method(
                method,
                json.isPresent()
                    ? HttpRequest.BodyPublishers.ofString(json.get())
                    : HttpRequest.BodyPublishers.noBody());
    if (json.isPresent()) {
      request.header("Content-Type", "application/json");
    }
    try {
      return http.send(request.build(), BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private Process running() {
    if (process == null) {
      throw new IllegalStateException("not launched");
    }
    return process;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
