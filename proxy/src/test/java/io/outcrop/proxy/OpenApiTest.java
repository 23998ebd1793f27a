package io.outcrop.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Keeps the description of the admin API true. */
final class OpenApiTest {

  private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch");

  @TempDir Path folder;
  private TestRegistry registry;
  private TestEdge edge;
  private JsonNode document;

  @BeforeEach
  void start() throws IOException {
    registry = new TestRegistry();
    edge = TestEdge.in(folder.resolve("data")).upstream("registry.test", registry.url()).start();
    document = JsonMapper.shared().readTree(edge.admin("/admin/v1/openapi.json"));
  }

  @AfterEach
  void stop() throws IOException {
    edge.close();
    registry.close();
  }

  @Test
  void describesEveryRouteAndNothingElse() {
    Set<String> described = new TreeSet<>();
    operations().forEach((name, operation) -> described.add(name));
    assertThat(described).isEqualTo(new TreeSet<>(edge.adminRoutes()));
  }

  @Test
  void describesEachOperationWhole() {
    Set<String> ids = new TreeSet<>();
    operations()
        .forEach((name, operation) -> {
          assertThat(ids.add(operation.path("operationId").asString(""))).as(name).isTrue();
          assertThat(operation.path("summary").asString("")).as(name).isNotEmpty();
          assertThat(operation.path("responses").size()).as(name).isPositive();
          assertThat(pathParameters(operation)).as(name).isEqualTo(variables(name));
        });
    assertThat(document.path("openapi").asString("")).isEqualTo("3.1.0");
  }

  @Test
  void refersToNothingThatIsNotThere() {
    List<String> references = new ArrayList<>();
    collect(document, references);
    assertThat(references)
        .isNotEmpty()
        .allSatisfy(reference ->
            assertThat(document.at(reference.substring(1)).isMissingNode())
                .as(reference)
                .isFalse());
  }

  @Test
  void describesNothingInVain() {
    List<String> references = new ArrayList<>();
    collect(document, references);
    for (String kind : List.of("schemas", "responses", "parameters")) {
      for (String name : document.path("components").path(kind).propertyNames()) {
        assertThat(references).contains("#/components/" + kind + '/' + name);
      }
    }
  }

  private Map<String, JsonNode> operations() {
    Map<String, JsonNode> operations = new java.util.TreeMap<>();
    document
        .path("paths")
        .properties()
        .forEach(path ->
            path.getValue()
                .properties()
                .forEach(operation -> {
                  assertThat(METHODS).contains(operation.getKey());
                  operations.put(
                      operation.getKey().toUpperCase(Locale.ROOT) + ' ' + path.getKey(),
                      operation.getValue());
                }));
    return operations;
  }

  private Set<String> pathParameters(JsonNode operation) {
    Set<String> names = new TreeSet<>();
    for (JsonNode parameter : operation.path("parameters")) {
      String reference = parameter.path("$ref").asString("");
      JsonNode meant = reference.isEmpty() ? parameter : document.at(reference.substring(1));
      if (meant.path("in").asString("").equals("path")) {
        names.add(meant.path("name").asString(""));
      }
    }
    return names;
  }

  private static Set<String> variables(String name) {
    Set<String> names = new TreeSet<>();
    Matcher matcher = Pattern.compile("\\{([^}]+)}").matcher(name);
    while (matcher.find()) {
      names.add(matcher.group(1));
    }
    return names;
  }

  private static void collect(JsonNode node, List<String> references) {
    if (node.path("$ref").isString()) {
      references.add(node.path("$ref").asString());
    }
    node.forEach(child -> collect(child, references));
  }
}
