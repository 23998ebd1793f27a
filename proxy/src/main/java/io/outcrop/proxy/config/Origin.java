package io.outcrop.proxy.config;

import java.nio.file.Path;
import java.util.Comparator;

/**
 * Where a value was written.
 *
 * @param source name of the file or of the environment variable
 * @param line line in the file, from 1; 0 where there is none
 * @param column column in the line, from 1
 * @param folder what relative paths written there are relative to
 */
record Origin(String source, int line, int column, Path folder) implements Comparable<Origin> {

  /** Of the values that nobody wrote. */
  static final Origin BUILT_IN = new Origin("built-in defaults", 0, 0, Path.of(""));

  private static final Comparator<Origin> ORDER =
      Comparator.comparingInt(Origin::line)
          .thenComparingInt(Origin::column)
          .thenComparing(Origin::source);

  static Origin ofVariable(String name) {
    return new Origin(name, 0, 0, Path.of(""));
  }

  @Override
  public int compareTo(Origin other) {
    return ORDER.compare(this, other);
  }

  /** As compilers write it: {@code outcrop.yaml:12:5}. */
  @Override
  public String toString() {
    return line == 0 ? source : source + ':' + line + ':' + column;
  }
}
