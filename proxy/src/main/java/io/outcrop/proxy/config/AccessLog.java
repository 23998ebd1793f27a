package io.outcrop.proxy.config;

import java.nio.file.Path;

/** Where the requests of container runtimes are logged, one JSON object a line. */
public sealed interface AccessLog {

  /** Not at all. */
  record Off() implements AccessLog {}

  /** To standard output. */
  record StandardOutput() implements AccessLog {}

  /**
   * To a file, appended; opened anew when log rotation has moved it away.
   *
   * @param path the file
   */
  record ToFile(Path path) implements AccessLog {}
}
