package io.outcrop.proxy.upstream;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.outcrop.oci.Digest;
import io.outcrop.oci.Namespace;
import io.outcrop.oci.RepositoryName;
import io.outcrop.oci.Tag;
import io.outcrop.proxy.config.ClientTlsConfig;
import io.outcrop.proxy.config.CredentialConfig;
import io.outcrop.proxy.config.ProxyConfig;
import io.outcrop.proxy.config.RefactorRules;
import io.outcrop.proxy.config.UpstreamConfig;
import io.outcrop.proxy.config.UpstreamConfig.TagConfig;
import io.outcrop.proxy.config.UpstreamConfig.UpstreamLimits;
import io.outcrop.proxy.config.UpstreamConfig.UpstreamTimeouts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Makes upstreams with short timeouts, and closes them. */
final class Fixture implements AutoCloseable {

  static final RepositoryName APP = new RepositoryName("org/app");
  static final Tag LATEST = new Tag("latest");
  static final byte[] MANIFEST = manifest("config");
  static final byte[] BLOB =
      "0123456789abcdefghijklmnopqrstuvwxyz".getBytes(StandardCharsets.UTF_8);
  static final Digest BLOB_DIGEST = Digest.sha256(BLOB);

  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final ManualClock clock = new ManualClock();
  final Map<String, String> environment = new HashMap<>();
  private final List<Runnable> opened = new ArrayList<>();

  Upstream open(String... endpoints) {
    return open(UnaryOperator.identity(), endpoints);
  }

  Upstream open(UnaryOperator<Config> change, String... endpoints) {
    UpstreamResources resources = new UpstreamResources(meters, clock, environment);
    Upstream upstream = Upstream.open(change.apply(Config.of(endpoints)).build(), resources);
    opened.add(upstream::close);
    opened.add(resources::close);
    return upstream;
  }

  double requests(String outcome) {
    return meters.find("outcrop.upstream.requests").tag("outcome", outcome).counters().stream()
        .mapToDouble(counter -> counter.count())
        .sum();
  }

  static byte[] manifest(String config) {
    return """
    {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
    "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%s","size":2},
    "layers":[]}\
    """
        .formatted(Digest.sha256(config.getBytes(StandardCharsets.UTF_8)))
        .getBytes(StandardCharsets.UTF_8);
  }

  static byte[] readAll(BlobStream stream) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
    while (stream.read(buffer.clear()) >= 0) {
      bytes.write(buffer.array(), 0, buffer.position());
    }
    return bytes.toByteArray();
  }

  @Override
  public void close() {
    opened.forEach(Runnable::run);
  }

  /** A configuration in the making. */
  record Config(
      Namespace namespace,
      List<String> endpoints,
      CredentialConfig credentials,
      ClientTlsConfig tls,
      ProxyConfig proxy,
      UpstreamLimits limits,
      UpstreamTimeouts timeouts,
      List<String> tokenHosts) {

    static Config of(String... endpoints) {
      return new Config(
          new Namespace("registry.test"),
          List.of(endpoints),
          new CredentialConfig.Anonymous(),
          ClientTlsConfig.PLATFORM,
          new ProxyConfig.Direct(),
          new UpstreamLimits(8, Optional.empty(), Optional.empty()),
          new UpstreamTimeouts(
              Duration.ofSeconds(2), Duration.ofSeconds(5), Duration.ofMillis(500)),
          List.of());
    }

    Config login(CredentialConfig login) {
      return new Config(namespace, endpoints, login, tls, proxy, limits, timeouts, tokenHosts);
    }

    Config trusting(ClientTlsConfig config) {
      return new Config(
          namespace, endpoints, credentials, config, proxy, limits, timeouts, tokenHosts);
    }

    Config through(ProxyConfig config) {
      return new Config(
          namespace, endpoints, credentials, tls, config, limits, timeouts, tokenHosts);
    }

    Config limited(UpstreamLimits config) {
      return new Config(
          namespace, endpoints, credentials, tls, proxy, config, timeouts, tokenHosts);
    }

    Config waiting(UpstreamTimeouts config) {
      return new Config(namespace, endpoints, credentials, tls, proxy, limits, config, tokenHosts);
    }

    Config tokensFrom(String... hosts) {
      return new Config(
          namespace, endpoints, credentials, tls, proxy, limits, timeouts, List.of(hosts));
    }

    UpstreamConfig build() {
      return new UpstreamConfig(
          namespace,
          endpoints.stream().map(URI::create).toList(),
          new TagConfig(
              Duration.ofMinutes(5), Duration.ofHours(1), Duration.ofMinutes(1), List.of()),
          credentials,
          tls,
          proxy,
          limits,
          timeouts,
          false,
          RefactorRules.OFF,
          tokenHosts);
    }
  }
}
