package io.outcrop.proxy.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What stands in a configuration, each part with the place it was written at. */
sealed interface ConfigValue {

  Origin origin();

  /** What it is, for an error line. */
  String kind();

  /**
   * A single value; every one is a text until the reader of its key gives it a type.
   *
   * @param plain whether it stands without quotes
   */
  record Scalar(Origin origin, String text, boolean plain) implements ConfigValue {

    /** Whether there is a key with nothing behind it. */
    boolean isMissing() {
      return plain && (text.isEmpty() || text.equals("~") || text.equals("null"));
    }

    @Override
    public String kind() {
      return isMissing() ? "no value" : "a single value";
    }
  }

  /** A list. */
  record Items(Origin origin, List<ConfigValue> values) implements ConfigValue {

    public Items {
      values = List.copyOf(values);
    }

    @Override
    public String kind() {
      return "a list";
    }
  }

  /** Keys and their values, in the order they were written. */
  record Mapping(Origin origin, Map<String, Entry> entries) implements ConfigValue {

    public Mapping {
      entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }

    static Mapping empty(Origin origin) {
      return new Mapping(origin, Map.of());
    }

    /** This mapping with one key set or replaced. */
    Mapping with(String key, ConfigValue value) {
      Map<String, Entry> changed = new LinkedHashMap<>(entries);
      changed.put(key, new Entry(value.origin(), value));
      return new Mapping(origin, changed);
    }

    @Override
    public String kind() {
      return "a section of keys and values";
    }
  }

  /**
   * One key of a mapping.
   *
   * @param origin where the key itself stands
   */
  record Entry(Origin origin, ConfigValue value) {}
}
