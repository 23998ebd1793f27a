package io.outcrop.proxy.config;

import io.outcrop.oci.Namespace;
import io.outcrop.proxy.config.ConfigValue.Items;
import io.outcrop.proxy.config.ConfigValue.Mapping;
import io.outcrop.proxy.config.ConfigValue.Scalar;
import io.outcrop.proxy.config.CredentialConfig.Anonymous;
import io.outcrop.proxy.config.CredentialConfig.DockerConfig;
import io.outcrop.proxy.config.CredentialConfig.Helper;
import io.outcrop.proxy.config.CredentialConfig.UserEnvironment;
import io.outcrop.proxy.config.CredentialConfig.UserFile;
import io.outcrop.proxy.config.RefactorRules.Deviation;
import io.outcrop.proxy.config.UpstreamConfig.TagConfig;
import io.outcrop.proxy.config.UpstreamConfig.UpstreamLimits;
import io.outcrop.proxy.config.UpstreamConfig.UpstreamTimeouts;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads the upstreams, each over what {@code upstreamDefaults} says for all. */
final class UpstreamReader {

  private static final List<String> BUILT_IN =
      List.of(
          "docker.io",
          "quay.io",
          "ghcr.io",
          "registry.k8s.io",
          "mcr.microsoft.com",
          "gcr.io",
          "public.ecr.aws");

  static final Form<Namespace> NAMESPACE =
      Form.of("a registry host such as docker.io", UpstreamReader::namespace);

  /** Stands in where there is none, or a wrong one that is about to be told. */
  private static final Namespace ANY = Namespace.DOCKER_HUB;

  private static final Form<String> TOKEN_HOST =
      Form.of("a host such as auth.example.com", text -> namespace(text).host());

  private static final Form<ProxyConfig> PROXY =
      Form.of("environment, direct, or http://host:port", UpstreamReader::proxy);

  private static final Form<Duration> FRESHNESS = Form.duration("0s", "365d");
  private static final Form<Duration> TIMEOUT = Form.duration("1ms", "1d");

  /** Whether something is done. */
  private enum Switch {
    ON,
    OFF
  }

  private UpstreamReader() {}

  static List<UpstreamConfig> read(ConfigSection root) {
    ConfigSection shared = root.section("upstreamDefaults");
    checkShared(shared);
    Set<Namespace> seen = new HashSet<>();
    List<UpstreamConfig> upstreams = new ArrayList<>();
    for (ConfigSection section : root.sections("upstreams", builtIn())) {
      section.refuse("password", CredentialReader.NO_SECRETS);
      Optional<Namespace> namespace = section.required("namespace", NAMESPACE);
      List<URI> endpoints =
          section.list("endpoints", 1, Addresses.ENDPOINT, endpointOf(namespace.orElse(ANY)));
      upstreams.add(upstream(namespace.orElse(ANY), endpoints, section.inheriting(shared)));
      if (namespace.isPresent() && !seen.add(namespace.get())) {
        section.problem(
            "namespace", namespace.get() + " a second time (expected: each namespace once)");
      }
    }
    return upstreams;
  }

  /** Reads what is said for all by itself, since every upstream may say otherwise. */
  private static void checkShared(ConfigSection shared) {
    shared.refuse("password", CredentialReader.NO_SECRETS);
    switch (upstream(ANY, endpointOf(ANY), shared).credentials()) {
      case UserFile _, UserEnvironment _ ->
          // Sent to every upstream, the password of one would become known to the others.
          shared.problem("credentials", "a user for all (expected: a user for one upstream each)");
      case Anonymous _, DockerConfig _, Helper _ -> {}
    }
  }

  private static Items builtIn() {
    return new Items(
        Origin.BUILT_IN,
        BUILT_IN.stream()
            .map(host -> new Scalar(Origin.BUILT_IN, host, true))
            .<ConfigValue>map(host -> Mapping.empty(Origin.BUILT_IN).with("namespace", host))
            .toList());
  }

  private static UpstreamConfig upstream(
      Namespace namespace, List<URI> endpoints, ConfigSection section) {
    return new UpstreamConfig(
        namespace,
        endpoints,
        tags(section),
        CredentialReader.read(section),
        section.optionalSection("tls").map(TlsReader::client).orElse(ClientTlsConfig.PLATFORM),
        section.read("proxy", PROXY, new ProxyConfig.FromEnvironment()),
        limits(section),
        timeouts(section),
        section.read("prefetch", Form.choice(Switch.class), Switch.ON) == Switch.ON,
        refactor(section),
        section.list("tokenHosts", 0, TOKEN_HOST, List.of()));
  }

  private static TagConfig tags(ConfigSection section) {
    return new TagConfig(
        section.read("tagFreshness", FRESHNESS, Duration.ofMinutes(5)),
        section.read("staleWhileRevalidate", FRESHNESS, Duration.ofHours(1)),
        section.read("negativeFreshness", FRESHNESS, Duration.ofSeconds(10)),
        section.list("immutableTags", 0, TagPatterns.FORM, List.of()));
  }

  private static UpstreamLimits limits(ConfigSection section) {
    return new UpstreamLimits(
        section.read("concurrentRequests", Form.integer(1, 10_000), 16),
        section.read(
            "requestsPerSecond", Form.integer(1, 1_000_000).orUnlimited(), Optional.empty()),
        section.read(
            "bandwidthPerSecond", Form.size("1KiB", "1TiB").orUnlimited(), Optional.empty()));
  }

  private static UpstreamTimeouts timeouts(ConfigSection section) {
    return new UpstreamTimeouts(
        section.read("connectTimeout", TIMEOUT, Duration.ofSeconds(5)),
        section.read("responseTimeout", TIMEOUT, Duration.ofSeconds(30)),
        section.read("stallTimeout", TIMEOUT, Duration.ofSeconds(30)));
  }

  private static ProxyConfig proxy(String text) {
    return switch (text) {
      case "environment" -> new ProxyConfig.FromEnvironment();
      case "direct" -> new ProxyConfig.Direct();
      default -> new ProxyConfig.Through(Addresses.proxy(text));
    };
  }

  private static RefactorRules refactor(ConfigSection section) {
    Form<RefactorMode> mode = Form.choice(RefactorMode.class);
    List<Deviation> deviations = new ArrayList<>();
    for (ConfigSection deviation : section.sections("refactorRepositories")) {
      Optional<Pattern> repository = deviation.required("repository", TagPatterns.REPOSITORY);
      Optional<RefactorMode> its = deviation.required("refactor", mode);
      if (repository.isPresent() && its.isPresent()) {
        deviations.add(new Deviation(repository.get(), its.get()));
      }
    }
    return new RefactorRules(section.read("refactor", mode, RefactorMode.OFF), deviations);
  }

  /** Reads a namespace that can also be dialled: one with a port has one in range. */
  private static Namespace namespace(String text) {
    Namespace namespace = new Namespace(text);
    endpointOf(namespace);
    return namespace;
  }

  private static List<URI> endpointOf(Namespace namespace) {
    // Docker Hub alone does not answer under the name it has in references.
    String host =
        namespace.equals(Namespace.DOCKER_HUB) ? "registry-1.docker.io" : namespace.host();
    return List.of(Addresses.endpoint("https://" + host));
  }
}
