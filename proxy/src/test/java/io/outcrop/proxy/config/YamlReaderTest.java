package io.outcrop.proxy.config;

import static io.outcrop.proxy.config.ConfigErrorsTest.problems;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.outcrop.proxy.config.ConfigValue.Mapping;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is wrong with a file before any key is looked at. */
final class YamlReaderTest {

  @ParameterizedTest
  @MethodSource("documents")
  void read_mistake_isOneLine(String text, String message) {
    assertThat(problems(text)).containsExactly("outcrop.yaml:" + message);
  }

  static Stream<Arguments> documents() {
    return Stream.of(
        arguments(
            "just a text", "1:1: a single value (expected: keys and values, such as 'edge: …')"),
        arguments("- a\n- b", "1:1: a list (expected: keys and values, such as 'edge: …')"),
        arguments("edge: {}\n---\nedge: {}", "2:1: a second document (expected: one in a file)"),
        arguments("edge: !!map {}", "1:7: YAML tag tag:yaml.org,2002:map (expected: none)"),
        arguments(
            "edge: {zone: a",
            "1:15: not YAML: expected ',' or '}', but got <stream end>"
                + " (while parsing a flow mapping)"),
        arguments(
            "edge:\n\tzone: a",
            "2:1: not YAML: found character '\\t(TAB)' that cannot start any token."
                + " (Do not use \\t(TAB) for indentation) (while scanning for the next token)"),
        arguments("edge: \"\\x", "1:1: not YAML: something after this place cannot be understood"),
        arguments("edge: \u0007", "1:7: not YAML: character U+0007 is not allowed"),
        arguments("edge: *nobody", "1:7: alias *nobody (expected: an anchor above it)"),
        arguments("edge: &a {zone: *a}", "1:17: alias *a (expected: an anchor above it)"),
        arguments("edge: " + "[".repeat(100_000), "1:39: nested deeper than 32 levels"),
        arguments(
            "a: &a [1]\nb: [" + "*a,".repeat(101) + "]", "2:305: more than 100 aliases in a file"));
  }

  @Test
  void read_aliasBomb_isNotExpanded() {
    String bomb =
        "a: &a [x,x]\n"
            + IntStream.range('b', 'z')
                .mapToObj(c -> "%c: &%c [*%c,*%c]\n".formatted(c, c, c - 1, c - 1))
                .collect(Collectors.joining());

    assertThat(problems(bomb)).hasSize(21).last().isEqualTo("… and 5 more");
  }

  @Test
  void read_emoji_anywhere() {
    for (int length = 900; length < 1_100; length++) {
      Mapping mapping = read("#" + "x".repeat(length) + "\uD83E\uDEA8\nlog: {level: warn}");

      assertThat(mapping.entries()).as("length %d", length).containsKey("log");
    }
  }

  private static Mapping read(String text) {
    return YamlReader.read("outcrop.yaml", text, Path.of(""), new Problems());
  }
}
