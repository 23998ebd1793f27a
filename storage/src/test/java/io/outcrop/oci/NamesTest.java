package io.outcrop.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Namespaces, repository names and repositories. */
final class NamesTest {

  static String[] invalidNamespaces() {
    return new String[] {
      "",
      ".",
      "docker..io",
      ".docker.io",
      "docker.io.",
      "-docker.io",
      "docker-.io",
      "docker.io:",
      "docker.io:123456",
      "docker.io:port",
      "user@docker.io",
      "docker.io/library",
      "http://docker.io",
      "docker_hub.io",
      "docker.io\n",
      "docker.io\0",
      "[::1]:5000",
      "a".repeat(261),
      "a".repeat(5_000_000),
    };
  }

  static String[] invalidRepositoryNames() {
    return new String[] {
      "",
      "/",
      "a/",
      "/a",
      "a//b",
      "A",
      "a/B",
      "a.",
      ".a",
      "a..b",
      "a/../b",
      "a/.",
      "a___b",
      "a_-b",
      "a-",
      "-a",
      "a:b",
      "a@b",
      "a b",
      "a\n",
      "a\0b",
      "caf\u00e9",
      "x".repeat(256),
      "x/".repeat(5_000_000),
    };
  }

  static Stream<String> hostile() {
    return Stream.of(
        "a".repeat(254) + "!",
        "a-".repeat(127) + "!",
        "a--".repeat(84) + "!",
        "a_".repeat(127) + "!",
        "a__".repeat(84) + "!",
        "a.".repeat(127) + "!",
        "a/".repeat(127) + "!",
        "-".repeat(254) + "!",
        "a" + "-".repeat(253) + "!",
        "a" + "_".repeat(253) + "!",
        "a.a-a_a__a/".repeat(22) + "!",
        "a".repeat(5_000_000) + "!",
        "-".repeat(5_000_000),
        "a-".repeat(2_500_000) + "/");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "docker.io",
        "localhost",
        "localhost:5055",
        "registry-1.docker.io",
        "10.0.0.1:65535",
        "a",
        "xn--bcher-kva.example",
        "a--b.c"
      })
  void namespaceAcceptsHosts(String text) {
    assertThat(new Namespace(text)).hasToString(text);
  }

  @Test
  void namespaceIgnoresCase() {
    assertThat(new Namespace("Docker.IO")).isEqualTo(Namespace.DOCKER_HUB);
  }

  @ParameterizedTest
  @MethodSource("invalidNamespaces")
  void namespaceRefusesAnythingElse(String text) {
    refuses(Namespace::new, text, "namespace");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "library/python",
        "a/b/c/d/e/f",
        "a.b",
        "a_b",
        "a__b",
        "a-b",
        "a---b",
        "0/1",
        "org/my-app_v2.x"
      })
  void repositoryNameAcceptsPaths(String text) {
    assertThat(new RepositoryName(text)).hasToString(text);
  }

  @Test
  void repositoryNameAcceptsUpTo255Characters() {
    assertThat(new RepositoryName("x".repeat(255)).value()).hasSize(255);
    assertThat(new RepositoryName("x/".repeat(127) + "x").value()).hasSize(255);
  }

  @ParameterizedTest
  @MethodSource("invalidRepositoryNames")
  void repositoryNameRefusesAnythingElse(String text) {
    refuses(RepositoryName::new, text, "repository");
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void refusesHostileTextsInNoTime(String text) {
    Assertions.assertTimeout(
        Duration.ofSeconds(10),
        () -> {
          for (int i = 0; i < 3; i++) {
            refuses(RepositoryName::new, text, "repository");
            refuses(Namespace::new, text, "namespace");
            refuses(Tag::new, text, "tag");
            refuses(MediaType::new, "/" + text, "media type");
          }
        });
  }

  @Test
  void repositoryIsNamespaceAndName() {
    Repository repository = Repository.of("Quay.io", "org/app");

    assertThat(repository).hasToString("quay.io/org/app");
    assertThat(repository.namespace()).isEqualTo(new Namespace("quay.io"));
    assertThat(repository.name()).isEqualTo(new RepositoryName("org/app"));
  }

  @Test
  void repositoriesAreOrderedByNamespaceThenName() {
    List<Repository> ordered =
        List.of(
            Repository.of("a.io", "b"),
            Repository.of("a.io", "b-c"),
            Repository.of("a.io", "b/c"),
            Repository.of("b.io", "a"));

    assertThat(ordered.reversed().stream().sorted()).isEqualTo(ordered);
  }

  private static void refuses(Function<String, ?> reader, String text, String kind) {
    assertThatThrownBy(() -> reader.apply(text))
        .isInstanceOfSatisfying(
            InvalidNameException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(kind);
              assertThat(e.getMessage()).hasSizeLessThan(400);
            });
  }
}
