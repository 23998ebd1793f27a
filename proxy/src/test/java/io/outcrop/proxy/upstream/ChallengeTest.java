package io.outcrop.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ChallengeTest {

  private static List<Challenge> parse(String... headers) {
    return Challenge.parse(List.of(headers));
  }

  @Test
  void parse_dockerHub() {
    assertThat(
            parse(
                "Bearer realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\","
                    + "scope=\"repository:library/python:pull\""))
        .containsExactly(
            new Challenge(
                "bearer",
                Map.of(
                    "realm", "https://auth.docker.io/token",
                    "service", "registry.docker.io",
                    "scope", "repository:library/python:pull")));
  }

  @Test
  void parse_severalInOneHeader() {
    assertThat(parse("Basic realm=\"a, b\", BEARER Realm = x , scope=\"repository:a:pull,push\""))
        .containsExactly(
            new Challenge("basic", Map.of("realm", "a, b")),
            new Challenge("bearer", Map.of("realm", "x", "scope", "repository:a:pull,push")));
  }

  @Test
  void parse_severalHeaders() {
    assertThat(parse("Negotiate", "Basic realm=\"x\""))
        .extracting(Challenge::scheme)
        .containsExactly("negotiate", "basic");
  }

  @Test
  void parse_quotedPairs() {
    assertThat(parse("Basic realm=\"say \\\"hi\\\" \\\\\"").getFirst().parameter("realm"))
        .contains("say \"hi\" \\");
  }

  @Test
  void parse_token68_isNoTrouble() {
    assertThat(parse("Negotiate oYG2MIGzoAMKAQChCw==, Basic realm=\"x\""))
        .extracting(Challenge::scheme)
        .contains("negotiate", "basic");
  }

  @Test
  void parse_nonsense_endsAndHasNoRealm() {
    for (String header :
        List.of("", ",", "=", "\"", "Bearer realm=\"unclosed", "Bearer =,\"", "a=b")) {
      assertThat(parse(header)).allSatisfy(c -> assertThat(c.scheme()).isNotEmpty());
    }
    assertThat(parse("Bearer " + "x".repeat(10_000))).isEmpty();
  }
}
