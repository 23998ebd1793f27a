package io.outcrop.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.outcrop.oci.Namespace;
import io.outcrop.oci.RepositoryName;
import io.outcrop.oci.Tag;
import io.outcrop.proxy.config.StorageConfig.Capacity;
import io.outcrop.proxy.config.StorageConfig.ScrubConfig;
import io.outcrop.proxy.config.UpstreamConfig.TagConfig;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The forms that values may take, and what they read as. */
final class ConfigFormsTest {

  @Test
  void parse_upstreams_replaceTheBuiltInListAltogether() {
    OutcropConfig config =
        parse("defaultNamespace: localhost:5055\nupstreams: [{namespace: 'localhost:5055'}]");

    assertThat(config.upstreams())
        .extracting(UpstreamConfig::namespace, UpstreamConfig::endpoints)
        .containsExactly(
            tuple(new Namespace("localhost:5055"), List.of(URI.create("https://localhost:5055"))));
  }

  @Test
  void parse_upstreamDefaults_holdWhereAnUpstreamSaysNothing() {
    OutcropConfig config =
        parse(
            """
            upstreamDefaults: {tagFreshness: 1h, requestsPerSecond: 5, tls: {ca: ca.pem}}
            upstreams:
              - namespace: docker.io
              - {namespace: quay.io, tagFreshness: 1m, requestsPerSecond: unlimited, tls: {}}
            """);

    UpstreamConfig hub = config.upstreams().get(0);
    assertThat(hub.tags().freshness()).isEqualTo(Duration.ofHours(1));
    assertThat(hub.limits().requestsPerSecond()).contains(5);
    assertThat(hub.tls().ca()).contains(Path.of("/etc/outcrop/ca.pem"));
    UpstreamConfig quay = config.upstreams().get(1);
    assertThat(quay.tags().freshness()).isEqualTo(Duration.ofMinutes(1));
    assertThat(quay.limits().requestsPerSecond()).isEmpty();
    assertThat(quay.tls()).isEqualTo(ClientTlsConfig.PLATFORM);
  }

  @Test
  void parse_upstreamDefaults_holdForTheBuiltInListToo() {
    assertThat(parse("upstreamDefaults: {proxy: direct}").upstreams())
        .hasSize(7)
        .allMatch(upstream -> upstream.proxy().equals(new ProxyConfig.Direct()));
  }

  @Test
  void parse_aliases_shareAValue() {
    OutcropConfig config =
        parse(
            """
            upstreams:
              - {namespace: docker.io, credentials: &login {dockerConfig: config.json}}
              - {namespace: quay.io, credentials: *login}
            """);

    assertThat(config.upstreams())
        .extracting(UpstreamConfig::credentials)
        .containsOnly(new CredentialConfig.DockerConfig(Path.of("/etc/outcrop/config.json")));
  }

  @Test
  void parse_paths_areRelativeToTheFolderOfTheFile() {
    OutcropConfig config =
        parse("storage: {path: data}\nregistry: {accessLog: ./access.log, listen: '[::]:443'}");

    assertThat(config.storage().path()).isEqualTo(Path.of("/etc/outcrop/data"));
    assertThat(config.registry().accessLog())
        .isEqualTo(new AccessLog.ToFile(Path.of("/etc/outcrop/./access.log")));
    assertThat(config.registry().listen()).isEqualTo(new ListenAddress("::", 443));
  }

  @Test
  void parse_otherForms() {
    OutcropConfig config =
        parse(
            """
            registry: {accessLog: off, tls: {certificate: a.crt, key: /run/a.key}}
            storage: {capacity: 60%, keepFree: 0%, memoryCache: 0, scrub: {rate: 100kB, interval: off}}
            log: {level: debug, format: json}
            upstreams:
              - namespace: docker.io
                endpoints: [https://a.example/, "http://b.example:8080/some/prefix/"]
                bandwidthPerSecond: 2MB
                proxy: http://proxy.example:3128/
                tokenHosts: [auth.example, "auth.example:8443"]
            """);

    assertThat(config.registry().accessLog()).isEqualTo(new AccessLog.Off());
    assertThat(config.registry().tls())
        .contains(new ServerTlsConfig(Path.of("/etc/outcrop/a.crt"), Path.of("/run/a.key")));
    assertThat(config.storage().capacity()).isEqualTo(new Capacity.PercentOfVolume(60));
    assertThat(config.storage().capacity().bytes(1_000_000)).isEqualTo(600_000);
    assertThat(config.storage().keepFree()).isEqualTo(new Capacity.PercentOfVolume(0));
    assertThat(parse("storage: {keepFree: 2GiB}").storage().keepFree().bytes(5L << 30))
        .isEqualTo(2L << 30);
    assertThat(config.storage().memoryCache()).isEqualTo(new ByteSize(0));
    assertThat(config.storage().scrub())
        .isEqualTo(new ScrubConfig(new ByteSize(100_000), Optional.empty()));
    assertThat(config.log()).isEqualTo(new LogConfig(LogConfig.Level.DEBUG, LogConfig.Format.JSON));
    UpstreamConfig hub = config.upstreams().getFirst();
    assertThat(hub.endpoints())
        .containsExactly(
            URI.create("https://a.example"), URI.create("http://b.example:8080/some/prefix"));
    assertThat(hub.limits().bandwidthPerSecond()).contains(new ByteSize(2_000_000));
    assertThat(hub.proxy())
        .isEqualTo(new ProxyConfig.Through(URI.create("http://proxy.example:3128")));
    assertThat(hub.tokenHosts()).containsExactly("auth.example", "auth.example:8443");
  }

  @Test
  void parse_immutableTags_matchWholeNames() {
    TagConfig tags =
        parse("upstreamDefaults: {immutableTags: ['library/*:v?.*', '/.*:[0-9]{8}/']}")
            .upstreams()
            .getFirst()
            .tags();

    assertThat(isImmutable(tags, "library/a/b", "v1.2.3")).isTrue();
    assertThat(isImmutable(tags, "library/a", "v12.3")).isFalse();
    assertThat(isImmutable(tags, "other/a", "v1.2.3")).isFalse();
    assertThat(isImmutable(tags, "other/a", "20260131")).isTrue();
    assertThat(isImmutable(tags, "other/a", "20260131-1")).isFalse();
  }

  private static OutcropConfig parse(String text) {
    return ConfigLoader.parse("outcrop.yaml", text, Path.of("/etc/outcrop"), Map.of());
  }

  private static boolean isImmutable(TagConfig tags, String repository, String tag) {
    return tags.isImmutable(new RepositoryName(repository), new Tag(tag));
  }
}
