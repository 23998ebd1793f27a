package io.outcrop.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.proxy.config.ConfigValue.Items;
import io.outcrop.proxy.config.ConfigValue.Mapping;
import io.outcrop.proxy.config.ConfigValue.Scalar;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Keeps {@code conf/outcrop.yaml} and {@code docs/configuration.md} true. */
final class SampleFileTest {

  private static final Map<String, String> ENVIRONMENT = Map.of("HOSTNAME", "site-7");

  private static final Set<String> SECTIONS =
      Set.of(
          "edge",
          "registry",
          "registry.tls",
          "storage.scrub",
          "admin",
          "admin.tls",
          "storage",
          "log",
          "refactor",
          "upstreams[].refactorRepositories",
          "upstreams[].tls");

  private final Problems problems = new Problems();

  @Test
  void sample_asItIs_setsNothing() {
    assertThat(parse(SampleFile.read("conf/outcrop.yaml")))
        .isEqualTo(ConfigLoader.defaults(ENVIRONMENT));
  }

  @Test
  void sample_uncommented_setsTheDefaults() {
    assertThat(parse(SampleFile.uncommented(false))).isEqualTo(ConfigLoader.defaults(ENVIRONMENT));
  }

  @Test
  void sample_uncommentedWithExamples_isUnderstood() {
    OutcropConfig config = parse(SampleFile.uncommented(true));

    assertThat(config.registry().tls()).isPresent();
    assertThat(config.upstreams())
        .extracting(upstream -> upstream.credentials().getClass().getSimpleName())
        .containsExactly(
            "UserFile",
            "UserEnvironment",
            "DockerConfig",
            "Anonymous",
            "Anonymous",
            "Helper",
            "Anonymous");
  }

  @Test
  void sample_hasEveryKeyThereIs() {
    assertThat(general(written(SampleFile.uncommented(true)).keySet())).isEqualTo(known());
  }

  @Test
  void documentation_hasEveryKeyThereIs() {
    Set<String> expected = known();
    expected.removeAll(SECTIONS);

    assertThat(documented().keySet()).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void documentation_hasTheDefaults() {
    Map<String, String> rows = documented();

    written(SampleFile.uncommented(false))
        .forEach((key, value) -> {
          if (!value.isEmpty() && !key.startsWith("upstreams[")) {
            assertThat(rows.get(general(key))).as(key).endsWith("| `" + value + "` |");
          }
        });
  }

  @Test
  void documentation_example_isUnderstood() {
    String page = SampleFile.read("docs/configuration.md");
    int start = page.indexOf("```yaml\n") + "```yaml\n".length();

    assertThat(parse(page.substring(start, page.indexOf("```", start))).upstreams()).hasSize(2);
  }

  private static OutcropConfig parse(String text) {
    return ConfigLoader.parse("conf/outcrop.yaml", text, Path.of(""), ENVIRONMENT);
  }

  /** Keys that the readers ask for when everything is there. */
  private Set<String> known() {
    Mapping mapping =
        YamlReader.read("outcrop.yaml", SampleFile.uncommented(true), Path.of(""), problems);
    ConfigSection root = ConfigSection.root(mapping, problems);
    OutcropReader.read(root, ENVIRONMENT);
    return general(root.knownKeys());
  }

  /** Keys of the text, each with its single value, or nothing for a section or a full list. */
  private Map<String, String> written(String text) {
    Map<String, String> values = new TreeMap<>();
    flatten("", YamlReader.read("outcrop.yaml", text, Path.of(""), problems), values);
    return values;
  }

  private static void flatten(String path, ConfigValue value, Map<String, String> values) {
    switch (value) {
      case Scalar scalar -> values.put(path, scalar.text());
      case Items items -> {
        values.put(path, items.values().isEmpty() ? "[]" : "");
        items.values().stream()
            .filter(Mapping.class::isInstance)
            .forEach(item -> flatten(path + "[0]", item, values));
      }
      case Mapping mapping -> {
        values.put(path, "");
        mapping
            .entries()
            .forEach((key, entry) ->
                flatten(path.isEmpty() ? key : path + '.' + key, entry.value(), values));
      }
    }
  }

  private static Set<String> general(Set<String> keys) {
    Set<String> general = keys.stream().map(SampleFileTest::general).collect(Collectors.toSet());
    general.removeAll(List.of("", "upstreams[]", "upstreams[].refactorRepositories[]"));
    return new TreeSet<>(general);
  }

  private static String general(String key) {
    return key.replaceAll("\\[[0-9]+]", "[]").replaceFirst("^upstreamDefaults\\.", "upstreams[].");
  }

  /** Rows of the tables of keys, by key. */
  private static Map<String, String> documented() {
    return SampleFile.read("docs/configuration.md")
        .lines()
        .filter(line -> line.matches("\\| `[a-z][A-Za-z.\\[\\]]*` \\|.*"))
        .collect(Collectors.toMap(line -> line.substring(3, line.indexOf("` |")), line -> line));
  }
}
