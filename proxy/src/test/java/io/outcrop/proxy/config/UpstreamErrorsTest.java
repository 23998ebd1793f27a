package io.outcrop.proxy.config;

import static io.outcrop.proxy.config.ConfigErrorsTest.problems;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The exact line for every kind of mistake in an upstream; no line repeats a secret. */
final class UpstreamErrorsTest {

  private static final String ENDPOINT =
      "(expected: an address such as https://registry.example.com or https://example.com/prefix)";
  private static final String WAYS =
      "(expected: username with passwordFile or passwordVariable; dockerConfig; helper;"
          + " or anonymous)";
  private static final String NO_SECRETS =
      "a secret does not belong in this file (expected: passwordFile, the path of a file that holds"
          + " it, or passwordVariable, the name of an environment variable)";
  private static final String PATTERN =
      "(expected: repository:tag with * for any characters and ? for one,"
          + " or a /regular expression/)";

  @ParameterizedTest
  @MethodSource({"upstreams", "addresses", "secrets"})
  void parse_mistake_isOneLine(String text, String message) {
    assertThat(problems(text)).containsExactly("outcrop.yaml:" + message);
    assertThat(message).doesNotContain("hunter2");
  }

  static Stream<Arguments> upstreams() {
    return Stream.of(
        arguments(
            "upstreams: docker.io",
            "1:12: upstreams: a single value"
                + " (expected: a list, each a section of keys and values)"),
        arguments(
            "upstreams: []",
            "1:12: upstreams: an empty list"
                + " (expected: at least one, each a section of keys and values)"),
        arguments(
            "upstreams: [" + "{},".repeat(1_001) + "]",
            "1:12: upstreams: 1001 entries (expected: at most 1000)"),
        arguments(
            "upstreams: [docker.io]",
            "1:13: upstreams[0]: a single value (expected: a section of keys and values)"),
        arguments(
            "upstreams:\n  - tagFreshness: 5m",
            "2:5: upstreams[0]: 'namespace' is missing"
                + " (expected: a registry host such as docker.io)"),
        arguments(
            "upstreams:\n  - namespace: docker.io\n  - namespace: DOCKER.io",
            "3:16: upstreams[1].namespace: docker.io a second time"
                + " (expected: each namespace once)"),
        arguments(
            "upstreams: [{namespace: 'docker.io:99999'}]",
            "1:25: upstreams[0].namespace: docker.io:99999"
                + " (expected: a registry host such as docker.io)"),
        arguments(
            "upstreams:\n  - namespace: quay.io",
            "1:1: defaultNamespace: docker.io (expected: one of the upstreams: quay.io)"),
        arguments(
            "defaultNamespace: qay.io\nupstreams: [{namespace: quay.io}, {namespace: ghcr.io}]",
            "1:19: defaultNamespace: qay.io (expected: one of the upstreams: quay.io, ghcr.io)"),
        arguments(
            "upstreamDefaults: {namespace: docker.io}",
            "1:20: unknown key 'namespace' in upstreamDefaults (known keys: bandwidthPerSecond,"
                + " concurrentRequests, connectTimeout, credentials, immutableTags,"
                + " negativeFreshness, prefetch, proxy, refactor, refactorRepositories,"
                + " requestsPerSecond, responseTimeout, staleWhileRevalidate, stallTimeout,"
                + " tagFreshness, tls, tokenHosts)"),
        arguments(
            "upstreamDefaults: {tagFreshness: 2y}",
            "1:34: upstreamDefaults.tagFreshness: 2y"
                + " (expected: a duration with its unit, from 0s to 365d)"),
        arguments(
            "upstreamDefaults: {refactor: on}",
            "1:30: upstreamDefaults.refactor: on (expected: off, available, serve)"),
        arguments(
            "upstreamDefaults: {refactorRepositories: [{repository: 'a b', refactor: off}]}",
            "1:56: upstreamDefaults.refactorRepositories[0].repository: a b (expected: repository"
                + " with * for any characters and ? for one, or a /regular expression/)"),
        arguments(
            "upstreamDefaults: {refactorRepositories: [{repository: library/*}]}",
            "1:43: upstreamDefaults.refactorRepositories[0]: 'refactor' is missing (expected: off,"
                + " available, serve)"),
        arguments(
            "upstreamDefaults: {refactorRepositories: [{repository: a, refactor: off, refacor:"
                + " b}]}",
            "1:74: unknown key 'refacor' in upstreamDefaults.refactorRepositories[0]"
                + " (did you mean 'refactor'?)"),
        arguments(
            "upstreamDefaults: {requestsPerSecond: -1}",
            "1:39: upstreamDefaults.requestsPerSecond: -1"
                + " (expected: unlimited, or a whole number from 1 to 1000000)"),
        arguments(
            "upstreamDefaults: {immutableTags: [latest]}",
            "1:36: upstreamDefaults.immutableTags[0]: latest " + PATTERN),
        arguments(
            "upstreamDefaults: {immutableTags: ['/a(/']}",
            "1:36: upstreamDefaults.immutableTags[0]: /a(/"
                + " (not a regular expression: Unclosed group)"),
        arguments(
            "upstreamDefaults: {tokenHosts: auth.example}",
            "1:32: upstreamDefaults.tokenHosts: a single value"
                + " (expected: a list, each a host such as auth.example.com)"),
        arguments(
            "upstreamDefaults: {tls: {key: a.key}}",
            "1:25: upstreamDefaults.tls: half of a pair (expected: both certificate and key)"));
  }

  static Stream<Arguments> addresses() {
    return Stream.of(
            arguments(endpoint("registry.example"), "1:48: %s: registry.example " + ENDPOINT),
            arguments(endpoint("ftp://a.example"), "1:48: %s: ftp://a.example " + ENDPOINT),
            arguments(endpoint("https:///path"), "1:48: %s: https:///path " + ENDPOINT),
            arguments(endpoint("https://a.example:0"), "1:48: %s: https://a.example:0 " + ENDPOINT),
            arguments(endpoint("https://a.example?q"), "1:48: %s: https://a.example?q " + ENDPOINT),
            arguments(
                endpoint("https://a.example/#f"), "1:48: %s: https://a.example/#f " + ENDPOINT),
            arguments(endpoint("https://a b"), "1:48: %s: https://a b " + ENDPOINT),
            arguments(
                endpoint("https://a.example/v2/"),
                "1:48: %s: https://a.example/v2/ (expected: without /v2, which is added)"),
            arguments(
                "upstreams: [{namespace: docker.io, endpoints: []}]",
                "1:47: upstreams[0].endpoints: an empty list"
                    + " (expected: at least one, each an address such as"
                    + " https://registry.example.com or https://example.com/prefix)"),
            arguments(
                "upstreamDefaults: {proxy: 'https://p.example:1'}",
                "1:27: upstreamDefaults.proxy: https://p.example:1"
                    + " (expected: environment, direct, or http://host:port)"),
            arguments(
                "upstreamDefaults: {proxy: 'http://p.example'}",
                "1:27: upstreamDefaults.proxy: http://p.example"
                    + " (expected: environment, direct, or http://host:port)"))
        .map(row ->
            arguments(
                row.get()[0], row.get()[1].toString().replace("%s", "upstreams[0].endpoints[0]")));
  }

  static Stream<Arguments> secrets() {
    return Stream.of(
        arguments(
            credentials("{username: a, password: hunter2}"),
            "1:63: upstreams[0].credentials.password: " + NO_SECRETS),
        arguments(
            "upstreams: [{namespace: docker.io, password: hunter2}]",
            "1:36: upstreams[0].password: " + NO_SECRETS),
        arguments(credentials("hunter2"), "1:49: upstreams[0].credentials: a single value " + WAYS),
        arguments(
            credentials("{username: a, passwordVariable: hunter2!}"),
            "1:81: upstreams[0].credentials.passwordVariable: not a name"
                + " (expected: name of an environment variable)"),
        arguments(
            endpoint("https://a:hunter2@a.example"),
            "1:48: upstreams[0].endpoints[0]: an address with a user name (expected: one without)"),
        arguments(
            endpoint("https://a:hunter2 @a.example"),
            "1:48: upstreams[0].endpoints[0]: …@a.example " + ENDPOINT),
        arguments(
            "upstreamDefaults: {proxy: 'http://a:hunter2@p.example:1'}",
            "1:27: upstreamDefaults.proxy: an address with a user name (expected: one without)"),
        arguments(credentials("{}"), "1:49: upstreams[0].credentials: nothing " + WAYS),
        arguments(credentials("{username: a}"), "1:49: upstreams[0].credentials: username " + WAYS),
        arguments(
            credentials("{username: a, passwordFile: b, helper: gcr}"),
            "1:49: upstreams[0].credentials: username passwordFile helper " + WAYS),
        arguments(
            credentials("{helper: ../sh}"),
            "1:58: upstreams[0].credentials.helper: ../sh"
                + " (expected: what follows docker-credential- in the name of the helper's"
                + " program)"),
        arguments(
            "upstreamDefaults: {credentials: {username: a, passwordFile: b}}",
            "1:33: upstreamDefaults.credentials: a user for all"
                + " (expected: a user for one upstream each)"));
  }

  @Test
  void parse_mistakeInUpstreamDefaults_isToldOnce() {
    assertThat(problems("upstreamDefaults: {proxy: none, tls: {cert: a}}")).hasSize(2);
  }

  @Test
  void parse_mistakeInUpstreamDefaultsThatNobodyInherits_isToldToo() {
    assertThat(
            problems(
                """
                upstreamDefaults: {credentials: {helpr: gcr}}
                upstreams: [{namespace: docker.io, credentials: anonymous}]
                """))
        .contains(
            "outcrop.yaml:1:34: unknown key 'helpr' in upstreamDefaults.credentials"
                + " (did you mean 'helper'?)");
  }

  private static String endpoint(String address) {
    return "upstreams: [{namespace: docker.io, endpoints: ['" + address + "']}]";
  }

  private static String credentials(String value) {
    return "upstreams: [{namespace: docker.io, credentials: " + value + "}]";
  }
}
