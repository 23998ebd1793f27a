package io.outcrop.proxy.config;

import io.outcrop.proxy.config.ConfigValue.Mapping;
import java.nio.file.Path;
import java.util.Map;

/**
 * Gives the configuration of an edge: the built-in defaults, under a YAML file, under a few
 * environment variables.
 *
 * <p>Strict: whatever it does not understand is a {@link ConfigException} that says where.
 */
public final class ConfigLoader {

  private ConfigLoader() {}

  /**
   * Reads a file, and lets the environment of the process override it.
   *
   * @throws ConfigException if anything is wrong with either
   */
  public static OutcropConfig load(Path file) {
    return load(file, System.getenv());
  }

  /**
   * Reads a file, and lets an environment override it.
   *
   * @throws ConfigException if anything is wrong with either
   */
  public static OutcropConfig load(Path file, Map<String, String> environment) {
    Path folder = file.getParent();
    String text = ConfigFile.read(file, new Problems());
    return parse(file.toString(), text, folder == null ? Path.of("") : folder, environment);
  }

  /**
   * What holds without a file: the built-in defaults, overridden by the environment of the process.
   *
   * @throws ConfigException if anything is wrong with the environment
   */
  public static OutcropConfig defaults() {
    return defaults(System.getenv());
  }

  /**
   * What holds without a file: the built-in defaults, overridden by an environment.
   *
   * @throws ConfigException if anything is wrong with the environment
   */
  public static OutcropConfig defaults(Map<String, String> environment) {
    return read(Mapping.empty(Origin.BUILT_IN), environment, new Problems());
  }

  /** Reads the text of a file that is called {@code source} and stands in {@code folder}. */
  static OutcropConfig parse(
      String source, String text, Path folder, Map<String, String> environment) {
    Problems problems = new Problems();
    return read(YamlReader.read(source, text, folder, problems), environment, problems);
  }

  private static OutcropConfig read(
      Mapping mapping, Map<String, String> environment, Problems problems) {
    Mapping overridden = EnvironmentOverrides.apply(mapping, environment);
    ConfigSection root = ConfigSection.root(overridden, problems);
    OutcropConfig config = OutcropReader.read(root, environment);
    problems.throwIfAny();
    OutcropReader.check(config, root);
    problems.throwIfAny();
    return config;
  }
}
