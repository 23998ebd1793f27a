package io.outcrop.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.outcrop.oci.Digest;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A real registry for Outcrop to fetch from, which notes every request. */
final class Origin implements AutoCloseable {

  private static final Pattern LINE =
      Pattern.compile("\\S+ - - \\[[^]]*] \"(\\S+) (\\S+) [^\"]*\" (\\d+) (\\d+|-) .*");
  private static final String SENTINEL = "/v2/?settled=";

  private final Path folder;
  private final Path log;
  private final int port = Ports.free();
  private final AtomicInteger sentinels = new AtomicInteger();

  /** A request it answered. */
  record Access(String method, String path, int status, long bytes) {

    boolean isBlob() {
      return path.contains("/blobs/");
    }

    boolean isBlobDownload() {
      return isBlob() && method.equals("GET");
    }

    /** The digest or tag at the end of the path. */
    String reference() {
      return path.replaceFirst("\\?.*", "").replaceFirst(".*/", "");
    }
  }

  private Origin(Path folder) throws IOException, InterruptedException {
    this.folder = folder;
    this.log = folder.resolve("access.log");
    start();
  }

  /** Starts one that has all the fixtures. */
  static Origin withImages(Path folder) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Files.createSymbolicLink(folder.resolve("storage"), Images.get().store());
    return new Origin(folder);
  }

  /** Starts one that has nothing. */
  static Origin empty(Path folder) throws IOException, InterruptedException {
    return new Origin(folder);
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  RegistryClient client() {
    return new RegistryClient(url());
  }

  /** Starts it, on the same port as before; what was noted before is forgotten. */
  void start() throws IOException, InterruptedException {
    Script.run("origin.sh", "start", folder, port);
  }

  /** Ends it without letting it finish anything. */
  void kill() throws IOException, InterruptedException {
    long pid = Long.parseLong(Files.readString(folder.resolve("pid")).strip());
    ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
    assertThat(process.destroyForcibly()).isTrue();
    await().atMost(10, TimeUnit.SECONDS).until(() -> !process.isAlive());
  }

  /** All requests so far, once those that were answered are noted. */
  List<Access> accesses() throws IOException, InterruptedException {
    // A line is written after the answer, so one more request goes behind all others.
    String sentinel = SENTINEL + sentinels.incrementAndGet();
    assertThat(client().get(sentinel).statusCode()).isEqualTo(200);
    await()
        .atMost(10, TimeUnit.SECONDS)
        .during(Duration.ofMillis(200))
        .until(() -> read().stream().anyMatch(access -> access.path.equals(sentinel)));
    return read().stream().filter(access -> !access.path.startsWith(SENTINEL)).toList();
  }

  /** How often each blob was sent. */
  Map<Digest, Long> downloads() throws IOException, InterruptedException {
    return accesses().stream()
        .filter(Access::isBlobDownload)
        .collect(
            Collectors.groupingBy(
                access -> Digest.parse(access.reference()), Collectors.counting()));
  }

  void forgetAccesses() throws IOException, InterruptedException {
    var _ = accesses();
    Files.write(log, new byte[0]);
  }

  private List<Access> read() throws IOException {
    return Files.readAllLines(log).stream()
        .map(LINE::matcher)
        .filter(Matcher::matches)
        .map(line ->
            new Access(
                line.group(1),
                line.group(2),
                Integer.parseInt(line.group(3)),
                line.group(4).equals("-") ? 0 : Long.parseLong(line.group(4))))
        .toList();
  }

  @Override
  public void close() throws IOException {
    try {
      Script.run("origin.sh", "stop", folder);
      Path store = folder.resolve("storage");
      if (Files.isSymbolicLink(store)) {
        Files.delete(store);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while stopping the origin");
    }
  }
}
