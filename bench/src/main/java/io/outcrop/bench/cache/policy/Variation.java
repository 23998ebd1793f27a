package io.outcrop.bench.cache.policy;

import io.outcrop.storage.cache.StackArcOptions;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Options of Outcrop's policy that differ from those it is shipped with, by name.
 *
 * @param values the new values as texts, by path, such as {@code worth.frequencyLimit}; durations
 *     in the form of ISO 8601
 */
record Variation(Map<String, String> values) {

  /**
   * Reads {@code path=value}, several separated by commas.
   *
   * @throws IllegalArgumentException if that is not the form
   */
  static Variation parse(String text) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String assignment : text.split(",", -1)) {
      String[] sides = assignment.split("=", -1);
      if (sides.length != 2) {
        throw new IllegalArgumentException("variation: " + assignment + " (expected: path=value)");
      }
      values.put(sides[0], sides[1]);
    }
    return new Variation(values);
  }

  /**
   * The options with these values in place of theirs.
   *
   * @throws IllegalArgumentException if there is no such option, or the value is not of its type or
   *     not allowed
   */
  StackArcOptions applyTo(StackArcOptions options) {
    Set<String> known = new HashSet<>();
    StackArcOptions changed = (StackArcOptions) copy(options, "", known);
    Set<String> unknown = new HashSet<>(values.keySet());
    unknown.removeAll(known);
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "options: " + unknown + " (expected: of " + known.stream().sorted().toList() + ')');
    }
    return changed;
  }

  /** A record with its components replaced where there are values for them. */
  private Object copy(Object original, String prefix, Set<String> known) {
    RecordComponent[] components = original.getClass().getRecordComponents();
    Object[] arguments = new Object[components.length];
    try {
      for (int i = 0; i < components.length; i++) {
        String path = prefix + components[i].getName();
        Object value = components[i].getAccessor().invoke(original);
        if (components[i].getType().isRecord()) {
          arguments[i] = copy(value, path + '.', known);
        } else {
          known.add(path);
          String text = values.get(path);
          arguments[i] = text == null ? value : parse(components[i].getType(), path, text);
        }
      }
      Class<?>[] types =
          Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
      return original.getClass().getConstructor(types).newInstance(arguments);
    } catch (ReflectiveOperationException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IllegalArgumentException(values + ": " + cause.getMessage(), e);
    }
  }

  private static Object parse(Class<?> type, String path, String value) {
    try {
      if (type == boolean.class) {
        return Boolean.parseBoolean(value);
      } else if (type == int.class) {
        return Integer.parseInt(value);
      } else if (type == double.class) {
        return Double.parseDouble(value);
      } else if (type == Duration.class) {
        return Duration.parse(value);
      }
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          path + ": " + value + " (expected: a " + type.getSimpleName() + ')', e);
    }
    throw new IllegalStateException(path + " is a " + type + ", which no text can be read as");
  }

  @Override
  public String toString() {
    return values.entrySet().stream().map(Object::toString).collect(Collectors.joining(","));
  }
}
