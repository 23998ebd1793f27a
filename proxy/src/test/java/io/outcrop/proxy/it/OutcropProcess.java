package io.outcrop.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.outcrop.proxy.cli.Main;
import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Outcrop in a process of its own, as its launcher runs it. */
final class OutcropProcess implements AutoCloseable {

  private static final int START_SECONDS = 60;
  private static final int STOP_SECONDS = 30;

  private final Path folder;
  private final Settings settings;
  private final int port = Ports.free();
  private final int adminPort = Ports.free();
  private @Nullable Process process;

  /**
   * What a configuration says beyond the least.
   *
   * @param registry lines of the section {@code registry}
   * @param upstreams lines of the section {@code upstreamDefaults}
   * @param refactor lines of the section {@code refactor}
   */
  record Settings(
      Origin origin, List<String> registry, List<String> upstreams, List<String> refactor) {

    static Settings of(Origin origin) {
      return new Settings(origin, List.of(), List.of(), List.of());
    }

    Settings withRegistry(String... lines) {
      return new Settings(origin, List.of(lines), upstreams, refactor);
    }

    Settings withUpstreams(String... lines) {
      return new Settings(origin, registry, List.of(lines), refactor);
    }

    Settings withRefactor(String... lines) {
      return new Settings(origin, registry, upstreams, List.of(lines));
    }
  }

  private OutcropProcess(Path folder, Settings settings) {
    this.folder = folder;
    this.settings = settings;
  }

  /** Starts one that mirrors an origin, and waits until it is ready. */
  static OutcropProcess start(Path folder, Settings settings) throws IOException {
    OutcropProcess outcrop = new OutcropProcess(Files.createDirectories(folder), settings);
    try {
      outcrop.start();
      return outcrop;
    } catch (Throwable e) {
      outcrop.stop();
      throw e;
    }
  }

  /** Starts one with the default settings. */
  static OutcropProcess start(Path folder, Origin origin) throws IOException {
    return start(folder, Settings.of(origin));
  }

  /** The packaged product, if this is a build that packages. */
  static Optional<Path> jar() throws IOException {
    try (Stream<Path> files = Files.list(Script.MODULE.resolve("target"))) {
      return files
          .filter(file -> file.getFileName().toString().matches("outcrop-proxy-.*\\.jar"))
          .findFirst();
    }
  }

  String address() {
    return "127.0.0.1:" + port;
  }

  String adminAddress() {
    return "http://127.0.0.1:" + adminPort;
  }

  RegistryClient client() {
    return new RegistryClient("http://" + address());
  }

  RegistryClient admin() {
    return new RegistryClient(adminUrl());
  }

  String adminUrl() {
    return "http://127.0.0.1:" + adminPort;
  }

  /** Where it keeps what it holds. */
  Path data() {
    return folder.resolve("data");
  }

  /** All it has said. */
  String log() throws IOException {
    return Files.readString(folder.resolve("outcrop.log"));
  }

  /** A sample of its metrics. */
  double metric(String name) throws IOException, InterruptedException {
    String samples = new String(admin().get("/metrics").body(), StandardCharsets.UTF_8);
    Matcher sample =
        Pattern.compile("^" + Pattern.quote(name) + "(?:\\{.*})? (\\S+)$", Pattern.MULTILINE)
            .matcher(samples);
    assertThat(sample.find()).as("%s in %s", name, samples).isTrue();
    return Double.parseDouble(sample.group(1));
  }

  /** The most memory it has taken so far, as the system sees it. */
  long peakResidentBytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/" + running().pid() + "/status")).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
        .findFirst()
        .orElseThrow();
  }

  /** Starts it again, on the same ports and folder. */
  void start() throws IOException {
    Path config = Files.writeString(folder.resolve("outcrop.yaml"), config());
    List<String> command = command();
    command.addAll(List.of("serve", "--config", config.toString()));
    File log = folder.resolve("outcrop.log").toFile();
    ProcessBuilder builder =
        builder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log));
    process = builder.start();
    await()
        .atMost(START_SECONDS, TimeUnit.SECONDS)
        .ignoreExceptions()
        .failFast("it ended", () -> assertThat(running().isAlive()).as(log()).isTrue())
        .until(() -> admin().get("/readyz").statusCode() == 200);
  }

  /** A verb that asks this one, to be started. */
  ProcessBuilder verb(Object... arguments) throws IOException {
    List<String> command = command();
    Arrays.stream(arguments).map(Object::toString).forEach(command::add);
    command.addAll(List.of("--admin", "http://127.0.0.1:" + adminPort));
    return builder(command).directory(folder.toFile());
  }

  /** Writes a script that runs Outcrop with whatever arguments. */
  static Path launcher(Path file) throws IOException {
    String words =
        command().stream()
            .map(word -> "'" + word.replace("'", "'\\''") + "'")
            .collect(Collectors.joining(" "));
    Files.writeString(file, "#!/bin/sh\nexec " + words + " \"$@\"\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return file;
  }

  private static ProcessBuilder builder(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("OUTCROP_"));
    environment.put("MALLOC_ARENA_MAX", "2");
    return builder;
  }

  private static List<String> command() throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-Xss512k",
                "-XX:MaxDirectMemorySize=256m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=deny"));
    Optional<Path> jar = jar();
    if (jar.isPresent()) {
      command.addAll(List.of("-jar", jar.get().toString()));
    } else {
      command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    }
    return command;
  }

  /** Tells it to stop, and waits until it has. */
  void terminate() throws InterruptedException {
    running().destroy();
    if (!running().waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
      kill();
      throw new AssertionError("Outcrop did not stop within " + STOP_SECONDS + " s");
    }
  }

  /** Ends it at once, as a power cut would. */
  void kill() throws InterruptedException {
    running().destroyForcibly().waitFor();
  }

  private void stop() {
    if (process != null) {
      process.destroyForcibly();
    }
  }

  private Process running() {
    return Objects.requireNonNull(process);
  }

  private String config() {
    String endpoint = settings.origin.url();
    return """
    edge: {id: edge-it, zone: test}
    registry:
      listen: "127.0.0.1:%d"
      accessLog: ./requests.log
    %s
    admin: {listen: "127.0.0.1:%d"}
    storage: {path: data, capacity: 10GiB}
    upstreamDefaults:
      proxy: direct
    %s
    refactor:
    %s
    upstreams:
      - {namespace: docker.io, endpoints: ["%s"]}
      - {namespace: %s, endpoints: ["%s"]}
    """
        .formatted(
            port,
            lines(settings.registry),
            adminPort,
            lines(settings.upstreams),
            lines(settings.refactor),
            endpoint,
            Images.REGISTRY,
            endpoint);
  }

  private static String lines(List<String> lines) {
    return String.join("\n", lines.stream().map(line -> "  " + line).toList());
  }

  @Override
  public void close() throws IOException {
    try {
      if (running().isAlive()) {
        terminate();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while stopping Outcrop");
    }
  }
}
