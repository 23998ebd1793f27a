package io.outcrop.proxy.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/** Collects what is wrong with a configuration, so that all of it is told at once. */
final class Problems {

  private static final int REPORTED = 20;

  /** Sorted and without repetition: an inherited value is read once for each upstream. */
  private final TreeSet<Problem> problems =
      new TreeSet<>(Comparator.comparing(Problem::origin).thenComparing(Problem::text));

  void add(Origin origin, String text) {
    problems.add(new Problem(origin, text));
  }

  boolean isEmpty() {
    return problems.isEmpty();
  }

  /** What to throw for the problems so far and one that leaves nothing more to look for. */
  ConfigException fatal(Origin origin, String text) {
    add(origin, text);
    return toException();
  }

  void throwIfAny() {
    if (!problems.isEmpty()) {
      throw toException();
    }
  }

  private ConfigException toException() {
    List<String> lines = new ArrayList<>();
    problems.stream().limit(REPORTED).map(Problem::toString).forEach(lines::add);
    if (problems.size() > REPORTED) {
      lines.add("… and " + (problems.size() - REPORTED) + " more");
    }
    return new ConfigException(lines);
  }

  private record Problem(Origin origin, String text) {
    @Override
    public String toString() {
      return origin + ": " + text;
    }
  }
}
