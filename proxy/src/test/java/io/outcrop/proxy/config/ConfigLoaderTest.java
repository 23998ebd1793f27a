package io.outcrop.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.outcrop.oci.Namespace;
import io.outcrop.oci.RepositoryName;
import io.outcrop.proxy.config.StorageConfig.Capacity;
import io.outcrop.proxy.config.StorageConfig.ScrubConfig;
import io.outcrop.proxy.config.UpstreamConfig.TagConfig;
import io.outcrop.proxy.config.UpstreamConfig.UpstreamLimits;
import io.outcrop.proxy.config.UpstreamConfig.UpstreamTimeouts;
import java.io.IOException;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigLoaderTest {

  private static final Map<String, String> ENVIRONMENT = Map.of("HOSTNAME", "site-7");

  @TempDir private Path folder;

  @Test
  void defaults_arePinned() {
    OutcropConfig config = ConfigLoader.defaults(ENVIRONMENT);

    assertThat(config.edge()).isEqualTo(new EdgeConfig("site-7", "default"));
    assertThat(config.registry())
        .isEqualTo(
            new RegistryConfig(
                new ListenAddress("0.0.0.0", 5000),
                Optional.empty(),
                4096,
                new ByteSize(16 << 10),
                Duration.ofMinutes(2),
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                new AccessLog.StandardOutput()));
    assertThat(config.admin())
        .isEqualTo(
            new AdminConfig(
                new ListenAddress("127.0.0.1", 5001), Optional.empty(), Optional.empty()));
    assertThat(config.storage())
        .isEqualTo(
            new StorageConfig(
                Path.of("outcrop-data"),
                new Capacity.Bytes(new ByteSize(20L << 30)),
                new Capacity.PercentOfVolume(3),
                new ByteSize(32 << 20),
                new ScrubConfig(new ByteSize(10 << 20), Optional.of(Duration.ofDays(7)))));
    assertThat(config.defaultNamespace()).isEqualTo(Namespace.DOCKER_HUB);
    assertThat(config.log()).isEqualTo(new LogConfig(LogConfig.Level.INFO, LogConfig.Format.TEXT));
  }

  @Test
  void defaults_upstreams_arePinned() {
    assertThat(ConfigLoader.defaults(ENVIRONMENT).upstreams())
        .containsExactly(
            upstream("docker.io", "https://registry-1.docker.io"),
            upstream("quay.io", "https://quay.io"),
            upstream("ghcr.io", "https://ghcr.io"),
            upstream("registry.k8s.io", "https://registry.k8s.io"),
            upstream("mcr.microsoft.com", "https://mcr.microsoft.com"),
            upstream("gcr.io", "https://gcr.io"),
            upstream("public.ecr.aws", "https://public.ecr.aws"));
  }

  @Test
  void defaults_withoutUsableHostName_areStillNamed() {
    String id = ConfigLoader.defaults(Map.of("HOSTNAME", "not a name")).edge().id();

    assertThat(id).matches(HostName.FORM);
  }

  @Test
  void parse_emptyFileOrSections_areTheDefaults() {
    OutcropConfig defaults = ConfigLoader.defaults(ENVIRONMENT);

    assertThat(parse("")).isEqualTo(defaults);
    assertThat(parse("# nothing\n---\n")).isEqualTo(defaults);
    assertThat(parse("registry:\nstorage: {}\nupstreamDefaults: ~\n")).isEqualTo(defaults);
  }

  @Test
  void parse_leastThatASiteWrites() {
    OutcropConfig config =
        parse(
            """
            edge:      {id: site-7, zone: north}
            registry:  {listen: "0.0.0.0:5000"}
            admin:     {listen: "127.0.0.1:5001"}
            storage:   {path: /var/lib/outcrop, capacity: 50GiB}
            defaultNamespace: docker.io
            upstreams:
              - namespace: docker.io
                endpoints: ["https://registry-1.docker.io"]
                tagFreshness: 5m
                refactor: off
            """);

    assertThat(config.edge()).isEqualTo(new EdgeConfig("site-7", "north"));
    assertThat(config.storage().path()).isEqualTo(Path.of("/var/lib/outcrop"));
    assertThat(config.storage().capacity()).isEqualTo(new Capacity.Bytes(ByteSize.parse("50GiB")));
    assertThat(config.upstreams())
        .containsExactly(upstream("docker.io", "https://registry-1.docker.io"));
  }

  @Test
  void parse_refactor() {
    OutcropConfig config =
        parse(
            """
            refactor: {cpus: 3, compression: zstd, minComponent: 2MiB, maxLayers: 40, maxWait: 90s,
                       platforms: [linux/arm64]}
            upstreamDefaults: {refactor: available}
            upstreams:
              - namespace: docker.io
                refactorRepositories:
                  - {repository: "library/secret-*", refactor: off}
                  - {repository: "/(library|org)/.*/", refactor: serve}
              - {namespace: quay.io, refactor: off}
            """);

    assertThat(config.refactor())
        .isEqualTo(
            new RefactorConfig(
                3,
                RefactorConfig.Compression.ZSTD,
                3,
                ByteSize.parse("2MiB"),
                40,
                Duration.ofSeconds(90),
                List.of("linux/arm64")));
    RefactorRules rules = config.upstreams().getFirst().refactor();
    assertThat(rules.of(new RepositoryName("library/secret-1"))).isEqualTo(RefactorMode.OFF);
    assertThat(rules.of(new RepositoryName("library/debian"))).isEqualTo(RefactorMode.SERVE);
    assertThat(rules.of(new RepositoryName("org/app"))).isEqualTo(RefactorMode.SERVE);
    assertThat(rules.of(new RepositoryName("other/app"))).isEqualTo(RefactorMode.AVAILABLE);
    assertThat(config.upstreams().getLast().refactor().anything()).isFalse();
  }

  @Test
  void defaults_refactor() {
    assertThat(ConfigLoader.defaults(ENVIRONMENT).refactor())
        .isEqualTo(
            new RefactorConfig(
                1,
                RefactorConfig.Compression.GZIP,
                6,
                ByteSize.parse("1MiB"),
                100,
                Duration.ZERO,
                List.of()));
    assertThat(parse("refactor: {compression: zstd}").refactor().level()).isEqualTo(3);
    assertThatThrownBy(() -> parse("refactor: {level: 12}"))
        .hasMessage("outcrop.yaml:1:19: refactor.level: 12 (expected: a whole number from 1 to 9)");
  }

  @Test
  void parse_environment_goesOverTheFile() {
    OutcropConfig config =
        ConfigLoader.parse(
            "outcrop.yaml",
            "storage: {path: data, capacity: wrong}\nregistry:\n",
            folder,
            Map.of(
                "OUTCROP_EDGE_ID", "pod-1",
                "OUTCROP_EDGE_ZONE", "south",
                "OUTCROP_REGISTRY_LISTEN", "127.0.0.1:80",
                "OUTCROP_ADMIN_LISTEN", "[::1]:81",
                "OUTCROP_STORAGE_PATH", "here",
                "OUTCROP_STORAGE_CAPACITY", "90%"));

    assertThat(config.edge()).isEqualTo(new EdgeConfig("pod-1", "south"));
    assertThat(config.registry().listen()).isEqualTo(new ListenAddress("127.0.0.1", 80));
    assertThat(config.admin().listen()).isEqualTo(new ListenAddress("::1", 81));
    assertThat(config.storage().path()).isEqualTo(Path.of("here"));
    assertThat(config.storage().capacity()).isEqualTo(new Capacity.PercentOfVolume(90));
  }

  @Test
  void defaults_environment_goesOverThem() {
    assertThat(ConfigLoader.defaults(Map.of("OUTCROP_EDGE_ID", "pod-1")).edge().id())
        .isEqualTo("pod-1");
    assertThat(ConfigLoader.defaults(Map.of("OUTCROP_EDGE_ZONE", "")).edge().zone())
        .isEqualTo("default");
    assertThatThrownBy(() -> ConfigLoader.defaults(Map.of("OUTCROP_REGISTRY_LISTEN", "5000")))
        .hasMessage(
            "OUTCROP_REGISTRY_LISTEN: registry.listen: 5000"
                + " (expected: host:port, such as 0.0.0.0:5000)");
  }

  @Test
  void load_readsAFile() throws IOException {
    Path file = folder.resolve("outcrop.yaml");
    Files.writeString(file, "\uFEFFedge: {id: größe-7}\nstorage: {path: data}");

    assertThatThrownBy(() -> ConfigLoader.load(file, ENVIRONMENT))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            file
                + ":1:12: edge.id: größe-7"
                + " (expected: a name of 1 to 63 letters, digits, dots, hyphens, underscores)");
    Files.writeString(file, "\uFEFFstorage: {path: data}");
    assertThat(ConfigLoader.load(file, ENVIRONMENT).storage().path())
        .isEqualTo(folder.resolve("data"));
  }

  @Test
  void load_missingFile() {
    assertThatThrownBy(() -> ConfigLoader.load(Path.of("no-such.yaml"), ENVIRONMENT))
        .hasMessage("no-such.yaml: no such file (expected: the path of a configuration file)");
  }

  @Test
  void load_folder() {
    assertThatThrownBy(() -> ConfigLoader.load(folder, ENVIRONMENT))
        .hasMessage(folder + ": a folder (expected: a YAML file)");
  }

  @Test
  void load_fileBelowAFile() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "").resolve("outcrop.yaml");

    assertThatThrownBy(() -> ConfigLoader.load(file, ENVIRONMENT))
        .hasMessage(file + ": not readable: Not a directory");
  }

  @Test
  void reason_noReadPermission() {
    // Not with a real file: the tests may run as a user who may read everything.
    assertThat(ConfigFile.reason(new AccessDeniedException("outcrop.yaml")))
        .isEqualTo("not readable for this user (expected: read permission on it and its folders)");
  }

  @Test
  void load_oversizedFile() throws IOException {
    Path file = folder.resolve("outcrop.yaml");
    Files.writeString(file, "#".repeat(ConfigFile.MAX_BYTES + 1));

    assertThatThrownBy(() -> ConfigLoader.load(file, ENVIRONMENT))
        .hasMessage(file + ": larger than 1 MiB (expected: a configuration file)");
  }

  @Test
  void load_otherEncoding() throws IOException {
    Path file = folder.resolve("outcrop.yaml");
    Files.write(file, new byte[] {'a', ':', '\n', 'b', (byte) 0xFC, 'c'});

    assertThatThrownBy(() -> ConfigLoader.load(file, ENVIRONMENT))
        .hasMessage(file + ":2:2: not UTF-8 (expected: UTF-8 text)");
  }

  private static OutcropConfig parse(String text) {
    return ConfigLoader.parse("outcrop.yaml", text, Path.of("/etc/outcrop"), ENVIRONMENT);
  }

  private static UpstreamConfig upstream(String namespace, String endpoint) {
    return new UpstreamConfig(
        new Namespace(namespace),
        List.of(URI.create(endpoint)),
        new TagConfig(
            Duration.ofMinutes(5), Duration.ofHours(1), Duration.ofSeconds(10), List.of()),
        new CredentialConfig.Anonymous(),
        ClientTlsConfig.PLATFORM,
        new ProxyConfig.FromEnvironment(),
        new UpstreamLimits(16, Optional.empty(), Optional.empty()),
        new UpstreamTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofSeconds(30)),
        true,
        RefactorRules.OFF,
        List.of());
  }
}
