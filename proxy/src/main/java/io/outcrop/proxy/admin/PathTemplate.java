package io.outcrop.proxy.admin;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The form of a path: segments that are words, or variables such as {@code {digest}}; the last may
 * be {@code {image...}}, which takes all that is left, slashes too. Immutable.
 */
final class PathTemplate {

  private final List<String> segments;

  private PathTemplate(List<String> segments) {
    this.segments = segments;
  }

  static PathTemplate parse(String text) {
    return new PathTemplate(List.of(text.substring(1).split("/", -1)));
  }

  /** The values of the variables, if a path is of this form. */
  Optional<Map<String, String>> match(String path) {
    String[] parts = path.startsWith("/") ? path.substring(1).split("/", -1) : new String[0];
    Map<String, String> variables = new HashMap<>();
    for (int i = 0; i < segments.size(); i++) {
      if (i >= parts.length) {
        return Optional.empty();
      }
      String segment = segments.get(i);
      if (segment.endsWith("...}")) {
        String rest = String.join("/", Arrays.asList(parts).subList(i, parts.length));
        variables.put(name(segment), rest);
        return rest.isEmpty() ? Optional.empty() : Optional.of(variables);
      }
      if (segment.startsWith("{")) {
        if (parts[i].isEmpty()) {
          return Optional.empty();
        }
        variables.put(name(segment), parts[i]);
      } else if (!segment.equals(parts[i])) {
        return Optional.empty();
      }
    }
    return parts.length == segments.size() ? Optional.of(variables) : Optional.empty();
  }

  private static String name(String segment) {
    return segment.substring(1, segment.length() - 1).replace("...", "");
  }

  /** As OpenAPI writes it, where a variable may stand for slashes without saying so. */
  @Override
  public String toString() {
    return '/' + String.join("/", segments).replace("...}", "}");
  }
}
