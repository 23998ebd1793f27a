package io.outcrop.proxy.config;

/**
 * What is logged, and how.
 *
 * @param level the least severe level that is logged
 * @param format how a line looks
 */
public record LogConfig(Level level, Format format) {

  /** Severity, in rising order. */
  public enum Level {
    /** Everything. */
    DEBUG,
    /** What an operator wants to see once. */
    INFO,
    /** What works, but not as it should. */
    WARN,
    /** What does not work. */
    ERROR
  }

  /** Form of a log line. */
  public enum Format {
    /** For people. */
    TEXT,
    /** One JSON object a line, for machines. */
    JSON
  }
}
