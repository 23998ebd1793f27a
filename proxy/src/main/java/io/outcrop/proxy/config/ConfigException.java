package io.outcrop.proxy.config;

import java.util.List;

/**
 * Says why a configuration cannot be used, in lines that need no stack trace: each names the place,
 * what is wrong there, and what would be right.
 */
public final class ConfigException extends RuntimeException {

  private final List<String> problems;

  ConfigException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /** Everything that is wrong, one line each, in the order of the file. */
  public List<String> problems() {
    return problems;
  }
}
