package io.outcrop.proxy.config;

import io.outcrop.oci.Namespace;
import io.outcrop.proxy.config.StorageConfig.Capacity;
import io.outcrop.proxy.config.StorageConfig.ScrubConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads every section of a configuration. All the defaults are here and in the readers it calls.
 */
final class OutcropReader {

  private static final Form<String> NAME =
      Form.matching(HostName.FORM, "a name of 1 to 63 letters, digits, dots, hyphens, underscores");

  private static final Form<ListenAddress> LISTEN =
      Form.of("host:port, such as 0.0.0.0:5000", ListenAddress::parse);

  private static final Form<Duration> TIMEOUT = Form.duration("1ms", "1d");

  private static final Pattern PERCENT = Pattern.compile("([0-9]|[1-8][0-9]|9[0-5])%");

  private OutcropReader() {}

  /** Reads what it can; what it cannot is among the problems of the section. */
  static OutcropConfig read(ConfigSection root, Map<String, String> environment) {
    OutcropConfig config =
        new OutcropConfig(
            edge(root.section("edge"), environment),
            registry(root.section("registry")),
            admin(root.section("admin")),
            storage(root.section("storage")),
            root.read("defaultNamespace", UpstreamReader.NAMESPACE, Namespace.DOCKER_HUB),
            UpstreamReader.read(root),
            RefactorReader.read(root.section("refactor")),
            log(root.section("log")));
    root.finish();
    return config;
  }

  private static EdgeConfig edge(ConfigSection section, Map<String, String> environment) {
    return new EdgeConfig(
        section.read("id", NAME).orElseGet(() -> HostName.find(environment)),
        section.read("zone", NAME, "default"));
  }

  private static RegistryConfig registry(ConfigSection section) {
    return new RegistryConfig(
        section.read("listen", LISTEN, new ListenAddress("0.0.0.0", 5000)),
        section.optionalSection("tls").flatMap(TlsReader::server),
        section.read("maxConnections", Form.integer(1, 1_000_000), 4096),
        section.read("maxHeaderSize", Form.size("1KiB", "1MiB"), ByteSize.parse("16KiB")),
        section.read("idleTimeout", TIMEOUT, Duration.ofMinutes(2)),
        section.read("headerTimeout", TIMEOUT, Duration.ofSeconds(10)),
        section.read("slowClientTimeout", TIMEOUT, Duration.ofSeconds(60)),
        section.read("accessLog", accessLog(), new AccessLog.StandardOutput()));
  }

  private static Form<AccessLog> accessLog() {
    // A word without a slash is more likely a slip than the name of a file.
    Form<Path> file = Form.path("off, stdout, or the path of a file, with a '/'");
    return new Form<>(
        file.expected(),
        (text, origin) ->
            switch (text) {
              case "off" -> new AccessLog.Off();
              case "stdout" -> new AccessLog.StandardOutput();
              case String path when path.contains("/") ->
                  new AccessLog.ToFile(file.parser().parse(path, origin));
              default -> throw new IllegalArgumentException();
            });
  }

  private static AdminConfig admin(ConfigSection section) {
    return new AdminConfig(
        section.read("listen", LISTEN, new ListenAddress("127.0.0.1", 5001)),
        section.read("tokenFile", Form.path("path of a file")),
        section.optionalSection("tls").flatMap(TlsReader::server));
  }

  private static StorageConfig storage(ConfigSection section) {
    return new StorageConfig(
        section.read("path", Form.path("path of a folder"), Path.of("outcrop-data")),
        section.read("capacity", share("1MiB", "1%"), new Capacity.Bytes(ByteSize.parse("20GiB"))),
        section.read("keepFree", share("0", "0%"), new Capacity.PercentOfVolume(3)),
        section.read("memoryCache", Form.size("0", "64GiB"), ByteSize.parse("32MiB")),
        scrub(section.section("scrub")));
  }

  private static ScrubConfig scrub(ConfigSection section) {
    return new ScrubConfig(
        section.read("rate", Form.size("64KiB", "10GiB"), ByteSize.parse("10MiB")),
        section.read(
            "interval", Form.duration("1h", "365d").or("off"), Optional.of(Duration.ofDays(7))));
  }

  /** A size, or a share of the volume; both from a least one on. */
  private static Form<Capacity> share(String leastSize, String leastShare) {
    Form<ByteSize> size = Form.size(leastSize, "1024TiB");
    int least = percent(leastShare);
    return new Form<>(
        size.expected() + ", or " + leastShare + " to 95% of the volume",
        (text, origin) -> {
          if (!PERCENT.matcher(text).matches()) {
            return new Capacity.Bytes(size.parser().parse(text, origin));
          }
          if (percent(text) < least) {
            throw new IllegalArgumentException();
          }
          return new Capacity.PercentOfVolume(percent(text));
        });
  }

  private static int percent(String text) {
    return Integer.parseInt(text.substring(0, text.length() - 1));
  }

  private static LogConfig log(ConfigSection section) {
    return new LogConfig(
        section.read("level", Form.choice(LogConfig.Level.class), LogConfig.Level.INFO),
        section.read("format", Form.choice(LogConfig.Format.class), LogConfig.Format.TEXT));
  }

  /** Notes what is well-formed in each place but does not go together. */
  static void check(OutcropConfig config, ConfigSection root) {
    List<Namespace> namespaces =
        config.upstreams().stream().map(UpstreamConfig::namespace).toList();
    if (!namespaces.contains(config.defaultNamespace())) {
      root.problem(
          "defaultNamespace",
          config.defaultNamespace()
              + " (expected: one of the upstreams: "
              + namespaces.stream().map(Namespace::host).collect(Collectors.joining(", "))
              + ")");
    }
    ListenAddress registry = config.registry().listen();
    ListenAddress admin = config.admin().listen();
    if (!admin.isLoopback() && config.admin().tokenFile().isEmpty()) {
      root.section("admin")
          .problem(
              "listen",
              admin
                  + " can be reached from other machines (expected: admin.tokenFile, a file with a"
                  + " secret that clients must have, or a loopback address)");
    }
    if (overlap(registry, admin)) {
      root.section("admin")
          .problem(
              "listen", admin + " (expected: not what registry.listen takes, " + registry + ")");
    }
  }

  private static boolean overlap(ListenAddress one, ListenAddress other) {
    return one.port() == other.port()
        && one.port() != 0
        && (one.host().equals(other.host()) || isWildcard(one) || isWildcard(other));
  }

  private static boolean isWildcard(ListenAddress address) {
    return address.host().equals("0.0.0.0") || address.host().equals("::");
  }
}
