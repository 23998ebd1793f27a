package io.outcrop.proxy.config;

import io.outcrop.proxy.config.ConfigValue.Entry;
import io.outcrop.proxy.config.ConfigValue.Items;
import io.outcrop.proxy.config.ConfigValue.Mapping;
import io.outcrop.proxy.config.ConfigValue.Scalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A cursor over one section: reads each key in its form, with its default given at the place of
 * reading, and remembers which keys were asked for, so that {@link #finish} can name the others.
 *
 * <p>A value that is wrong is noted, and its default returned: reading goes on to find the next.
 */
final class ConfigSection {

  private static final int MAX_ITEMS = 1_000;
  private static final String A_SECTION = "a section of keys and values";

  private final Problems problems;
  private final String path;
  private final Mapping mapping;
  private final Optional<ConfigSection> inherited;
  private final Set<String> known;
  private final List<ConfigSection> children;

  private ConfigSection(
      Problems problems,
      String path,
      Mapping mapping,
      Optional<ConfigSection> inherited,
      Set<String> known,
      List<ConfigSection> children) {
    this.problems = problems;
    this.path = path;
    this.mapping = mapping;
    this.inherited = inherited;
    this.known = known;
    this.children = children;
  }

  static ConfigSection root(Mapping mapping, Problems problems) {
    return of(problems, "", mapping);
  }

  private static ConfigSection of(Problems problems, String path, Mapping mapping) {
    return new ConfigSection(
        problems, path, mapping, Optional.empty(), new TreeSet<>(), new ArrayList<>());
  }

  /** This section, where a key that is absent is looked up in another one. */
  ConfigSection inheriting(ConfigSection other) {
    return new ConfigSection(problems, path, mapping, Optional.of(other), known, children);
  }

  /** Whether a key stands in this section itself. */
  boolean hasOwn(String key) {
    return mapping.entries().containsKey(key);
  }

  /** Whether a key has a single value rather than a section or a list. */
  boolean isScalar(String key) {
    return find(key).filter(found -> found.value instanceof Scalar).isPresent();
  }

  /** A value; none if absent or wrong. */
  <T> Optional<T> read(String key, Form<T> form) {
    return find(key).flatMap(found -> convert(found, form));
  }

  /** A value; the default if absent or wrong. */
  <T> T read(String key, Form<T> form, T fallback) {
    return read(key, form).orElse(fallback);
  }

  /** A value that must be there; none if absent or wrong. */
  <T> Optional<T> required(String key, Form<T> form) {
    if (!hasOwn(key)) {
      problem("'" + key + "' is missing (expected: " + form.expected() + ")");
    }
    return read(key, form);
  }

  /** A list of values; the default if absent or if any is wrong. */
  <T> List<T> list(String key, int least, Form<T> form, List<T> fallback) {
    Optional<List<Found>> items = find(key).flatMap(found -> items(found, least, form.expected()));
    if (items.isEmpty()) {
      return fallback;
    }
    List<T> values = new ArrayList<>();
    items.get().forEach(item -> convert(item, form).ifPresent(values::add));
    return values.size() == items.get().size() ? values : fallback;
  }

  /** A section; an empty one if absent. */
  ConfigSection section(String key) {
    return optionalSection(key).orElseGet(() -> child(label(key), Mapping.empty(mapping.origin())));
  }

  /** A section, if present. */
  Optional<ConfigSection> optionalSection(String key) {
    return find(key).flatMap(this::asSection);
  }

  /** A list of at least one section; the default if absent. */
  List<ConfigSection> sections(String key, Items fallback) {
    Found found = find(key).orElse(new Found(label(key), fallback));
    return items(found, 1, A_SECTION).orElse(List.of()).stream()
        .flatMap(item -> asSection(item).stream())
        .toList();
  }

  /** A list of sections; none if absent. */
  List<ConfigSection> sections(String key) {
    return find(key).flatMap(found -> items(found, 0, A_SECTION)).orElse(List.of()).stream()
        .flatMap(item -> asSection(item).stream())
        .toList();
  }

  /** Notes that something is wrong with this section as a whole. */
  void problem(String text) {
    problems.add(mapping.origin(), path.isEmpty() ? text : path + ": " + text);
  }

  /** Notes that something is wrong with the value of a key, though it is well-formed. */
  void problem(String key, String text) {
    find(key)
        .ifPresentOrElse(
            found -> problems.add(found.value.origin(), found.label + ": " + text),
            () -> problems.add(mapping.origin(), label(key) + ": " + text));
  }

  /** Notes that a key must not be here, if it is. */
  void refuse(String key, String advice) {
    Entry entry = mapping.entries().get(key);
    if (entry != null) {
      known.add(key);
      problems.add(entry.origin(), label(key) + ": " + advice);
    }
  }

  /** Notes every key that nobody asked for, here and below. */
  void finish() {
    mapping.entries().forEach(this::checkKnown);
    children.forEach(ConfigSection::finish);
  }

  private void checkKnown(String key, Entry entry) {
    if (!known.contains(key)) {
      String advice =
          Spelling.nearest(key, known)
              .map(nearest -> "did you mean '" + nearest + "'?")
              .orElse("known keys: " + String.join(", ", known));
      String place = path.isEmpty() ? "" : " in " + path;
      problems.add(
          entry.origin(), "unknown key '" + Shown.of(key) + "'" + place + " (" + advice + ")");
    }
  }

  /** Every key that was asked for, here and below, such as {@code upstreams[0].namespace}. */
  Set<String> knownKeys() {
    Set<String> keys = new TreeSet<>();
    known.forEach(key -> keys.add(label(key)));
    children.forEach(child -> keys.addAll(child.knownKeys()));
    return keys;
  }

  private Optional<Found> find(String key) {
    known.add(key);
    Entry entry = mapping.entries().get(key);
    return entry == null
        ? inherited.flatMap(section -> section.find(key))
        : Optional.of(new Found(label(key), entry.value()));
  }

  private String label(String key) {
    return path.isEmpty() ? key : path + '.' + key;
  }

  private ConfigSection child(String label, Mapping found) {
    ConfigSection child = of(problems, label, found);
    children.add(child);
    return child;
  }

  private Optional<ConfigSection> asSection(Found found) {
    return switch (found.value) {
      case Mapping section -> Optional.of(child(found.label, section));
      // What remains of a section whose keys are all commented out.
      case Scalar scalar when scalar.isMissing() ->
          Optional.of(child(found.label, Mapping.empty(scalar.origin())));
      case Scalar _, Items _ -> wrongKind(found, A_SECTION);
    };
  }

  private Optional<List<Found>> items(Found found, int least, String expected) {
    if (!(found.value instanceof Items list)) {
      return wrongKind(found, "a list, each " + expected);
    }
    if (list.values().size() < least) {
      return wrong(found, "an empty list (expected: at least one, each " + expected + ")");
    }
    if (list.values().size() > MAX_ITEMS) {
      return wrong(found, list.values().size() + " entries (expected: at most " + MAX_ITEMS + ")");
    }
    List<Found> items = new ArrayList<>();
    for (ConfigValue value : list.values()) {
      items.add(new Found(found.label + '[' + items.size() + ']', value));
    }
    return Optional.of(items);
  }

  private <T> Optional<T> convert(Found found, Form<T> form) {
    if (!(found.value instanceof Scalar scalar) || scalar.isMissing()) {
      return wrongKind(found, form.expected());
    }
    try {
      return Optional.of(form.parser().parse(scalar.text(), scalar.origin()));
    } catch (RefusedException e) {
      return wrong(found, e.reason());
    } catch (IllegalArgumentException e) {
      return wrong(found, Shown.of(scalar.text()) + " (expected: " + form.expected() + ")");
    }
  }

  private <T> Optional<T> wrongKind(Found found, String expected) {
    return wrong(found, found.value.kind() + " (expected: " + expected + ")");
  }

  private <T> Optional<T> wrong(Found found, String text) {
    problems.add(found.value.origin(), found.label + ": " + text);
    return Optional.empty();
  }

  /** A value and the path by which it was found. */
  private record Found(String label, ConfigValue value) {}
}
