package io.outcrop.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The exact line for every kind of mistake in a key or value; the position is a part of it. */
final class ConfigErrorsTest {

  @ParameterizedTest
  @MethodSource({"keys", "values"})
  void parse_mistake_isOneLine(String text, String message) {
    assertThat(problems(text)).containsExactly("outcrop.yaml:" + message);
  }

  static Stream<Arguments> keys() {
    return Stream.of(
        arguments(
            "upstreams:\n  - namespace: docker.io\n    tagFreshnes: 5m",
            "3:5: unknown key 'tagFreshnes' in upstreams[0] (did you mean 'tagFreshness'?)"),
        arguments(
            "storage: {Capacity: 5GB}",
            "1:11: unknown key 'Capacity' in storage (did you mean 'capacity'?)"),
        arguments("logs: {}", "1:1: unknown key 'logs' (did you mean 'log'?)"),
        arguments(
            "storage: {retention: 5d}",
            "1:11: unknown key 'retention' in storage"
                + " (known keys: capacity, keepFree, memoryCache, path, scrub)"),
        arguments(
            "upstreamDefaults: {tls: {authority: ca.pem}}",
            "1:26: unknown key 'authority' in upstreamDefaults.tls"
                + " (known keys: ca, certificate, key)"),
        arguments(
            "admin: {\"a\\nb\": 1}",
            "1:9: unknown key 'a\\u000ab' in admin (known keys: listen, tls, tokenFile)"),
        arguments(
            "edge: {zone: a}\nlog: {}\nedge: {zone: b}",
            "3:1: duplicate key 'edge' (first in line 1)"),
        arguments("edge: {[a]: b}", "1:8: a list as a key (expected: a name)"));
  }

  static Stream<Arguments> values() {
    return Stream.of(
        arguments(
            "edge: site", "1:7: edge: a single value (expected: a section of keys and values)"),
        arguments("edge: [a]", "1:7: edge: a list (expected: a section of keys and values)"),
        arguments(
            "edge: {zone: north side}",
            "1:14: edge.zone: north side"
                + " (expected: a name of 1 to 63 letters, digits, dots, hyphens, underscores)"),
        arguments(
            "registry: {maxConnections: 0}",
            "1:28: registry.maxConnections: 0 (expected: a whole number from 1 to 1000000)"),
        arguments(
            "registry: {maxConnections: many}",
            "1:28: registry.maxConnections: many (expected: a whole number from 1 to 1000000)"),
        arguments(
            "registry: {maxConnections: {a: 1}}",
            "1:28: registry.maxConnections: a section of keys and values"
                + " (expected: a whole number from 1 to 1000000)"),
        arguments(
            "registry: {listen: 0.0.0.0}",
            "1:20: registry.listen: 0.0.0.0 (expected: host:port, such as 0.0.0.0:5000)"),
        arguments(
            "registry: {listen: '0.0.0.0:70000'}",
            "1:20: registry.listen: 0.0.0.0:70000 (expected: host:port, such as 0.0.0.0:5000)"),
        arguments(
            "registry: {maxHeaderSize: 2MiB}",
            "1:27: registry.maxHeaderSize: 2MiB (expected: a size from 1KiB to 1MiB)"),
        arguments(
            "registry: {idleTimeout: 90}",
            "1:25: registry.idleTimeout: 90"
                + " (expected: a duration with its unit, from 1ms to 1d)"),
        arguments(
            "registry: {idleTimeout: 0s}",
            "1:25: registry.idleTimeout: 0s"
                + " (expected: a duration with its unit, from 1ms to 1d)"),
        arguments(
            "registry:\n  accessLog: stdot",
            "2:14: registry.accessLog: stdot"
                + " (expected: off, stdout, or the path of a file, with a '/')"),
        arguments(
            "registry: {tls: {certificate: a.crt}}",
            "1:17: registry.tls: half of a pair (expected: both certificate and key)"),
        arguments(
            "registry: {tls: {}}",
            "1:17: registry.tls: an empty section (expected: certificate and key)"),
        arguments(
            "admin: {listen: '0.0.0.0:5000', tokenFile: t}",
            "1:17: admin.listen: 0.0.0.0:5000"
                + " (expected: not what registry.listen takes, 0.0.0.0:5000)"),
        arguments(
            "admin: {listen: '0.0.0.0:5001'}",
            "1:17: admin.listen: 0.0.0.0:5001 can be reached from other machines (expected:"
                + " admin.tokenFile, a file with a secret that clients must have, or a loopback"
                + " address)"),
        arguments("storage:\n  path:", "2:8: storage.path: no value (expected: path of a folder)"),
        arguments("storage: {path: ''}", "1:17: storage.path: '' (expected: path of a folder)"),
        arguments(
            "storage: {path: ~/data}",
            "1:17: storage.path: ~/data (expected: path of a folder, without ~)"),
        arguments(
            "storage: {capacity: 100%}",
            "1:21: storage.capacity: 100%"
                + " (expected: a size from 1MiB to 1024TiB, or 1% to 95% of the volume)"),
        arguments(
            "storage: {capacity: 0%}",
            "1:21: storage.capacity: 0%"
                + " (expected: a size from 1MiB to 1024TiB, or 1% to 95% of the volume)"),
        arguments(
            "storage: {keepFree: 96%}",
            "1:21: storage.keepFree: 96%"
                + " (expected: a size from 0 to 1024TiB, or 0% to 95% of the volume)"),
        arguments(
            "storage: {capacity: 5 Gigs}",
            "1:21: storage.capacity: 5 Gigs"
                + " (expected: a size from 1MiB to 1024TiB, or 1% to 95% of the volume)"),
        arguments(
            "log: {level: Info}", "1:14: log.level: Info (expected: debug, info, warn, error)"),
        arguments(
            "defaultNamespace: a_b",
            "1:19: defaultNamespace: a_b (expected: a registry host such as docker.io)"));
  }

  @Test
  void parse_severalMistakes_areToldInTheOrderOfTheFile() {
    assertThat(
            problems(
                """
                registry:
                  listen: 5000
                  maxConection: 7
                edge: {zone: a, zone: b}
                storage: {capacity: lots}
                """))
        .containsExactly(
            "outcrop.yaml:2:11: registry.listen: 5000"
                + " (expected: host:port, such as 0.0.0.0:5000)",
            "outcrop.yaml:3:3: unknown key 'maxConection' in registry"
                + " (did you mean 'maxConnections'?)",
            "outcrop.yaml:4:17: duplicate key 'zone' (first in line 4)",
            "outcrop.yaml:5:21: storage.capacity: lots"
                + " (expected: a size from 1MiB to 1024TiB, or 1% to 95% of the volume)");
  }

  @Test
  void parse_longValue_isCut() {
    assertThat(problems("log: {level: " + "x".repeat(10_000) + "}"))
        .containsExactly(
            "outcrop.yaml:1:14: log.level: "
                + "x".repeat(80)
                + "… (expected: debug, info, warn, error)");
  }

  @Test
  void message_holdsAllProblems() {
    ConfigException e = catchProblems("a: 1\nb: 2");

    assertThat(e.getMessage()).isEqualTo(String.join("\n", e.problems()));
    assertThat(e.problems()).hasSize(2);
  }

  static List<String> problems(String text) {
    return catchProblems(text).problems();
  }

  static ConfigException catchProblems(String text) {
    return catchThrowableOfType(
        ConfigException.class,
        () ->
            ConfigLoader.parse(
                "outcrop.yaml", text, Path.of("/etc/outcrop"), Map.of("HOSTNAME", "site-7")));
  }
}
