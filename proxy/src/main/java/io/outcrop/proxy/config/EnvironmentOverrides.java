package io.outcrop.proxy.config;

import io.outcrop.proxy.config.ConfigValue.Entry;
import io.outcrop.proxy.config.ConfigValue.Items;
import io.outcrop.proxy.config.ConfigValue.Mapping;
import io.outcrop.proxy.config.ConfigValue.Scalar;
import java.util.List;
import java.util.Map;

/** Puts the few keys that a container sets from its environment over those of the file. */
final class EnvironmentOverrides {

  private static final List<Variable> OVERRIDES =
      List.of(
          new Variable("OUTCROP_EDGE_ID", "edge", "id"),
          new Variable("OUTCROP_EDGE_ZONE", "edge", "zone"),
          new Variable("OUTCROP_REGISTRY_LISTEN", "registry", "listen"),
          new Variable("OUTCROP_ADMIN_LISTEN", "admin", "listen"),
          new Variable("OUTCROP_STORAGE_PATH", "storage", "path"),
          new Variable("OUTCROP_STORAGE_CAPACITY", "storage", "capacity"));

  private EnvironmentOverrides() {}

  /** The file's values where no variable is set; an empty variable counts as not set. */
  static Mapping apply(Mapping root, Map<String, String> environment) {
    Mapping result = root;
    for (Variable variable : OVERRIDES) {
      String text = environment.getOrDefault(variable.name, "");
      if (!text.isEmpty()) {
        result = variable.apply(result, text);
      }
    }
    return result;
  }

  private record Variable(String name, String section, String key) {

    Mapping apply(Mapping root, String text) {
      Scalar value = new Scalar(Origin.ofVariable(name), text, false);
      Entry entry = root.entries().get(section);
      return switch (entry == null ? Mapping.empty(root.origin()) : entry.value()) {
        case Mapping values -> root.with(section, values.with(key, value));
        case Scalar scalar when scalar.isMissing() ->
            root.with(section, Mapping.empty(scalar.origin()).with(key, value));
        // Wrong in the file, which is about to be told.
        case Scalar _, Items _ -> root;
      };
    }
  }
}
