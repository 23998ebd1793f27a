package io.outcrop.bench.crash;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What happened, and what should not have. Thread-safe. */
final class Tally {

  private static final int MOST_TOLD = 20;

  private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
  private final List<String> violations = Collections.synchronizedList(new ArrayList<>());
  private final List<Long> startMillis = Collections.synchronizedList(new ArrayList<>());
  private final AtomicLong mostBytes = new AtomicLong();

  void count(String what) {
    add(what, 1);
  }

  void add(String what, long number) {
    counts.computeIfAbsent(what, key -> new LongAdder()).add(number);
  }

  /** Something that must never be. */
  void violation(String what, String detail) {
    count("VIOLATION: " + what);
    violations.add(what + ": " + detail);
    System.err.println("VIOLATION: " + what + ": " + detail);
  }

  void started(long millis) {
    startMillis.add(millis);
  }

  /** Bytes of all files of content at an instant. */
  void sampled(long bytes) {
    count("samples of the folder");
    mostBytes.accumulateAndGet(bytes, Math::max);
  }

  boolean isClean() {
    return violations.isEmpty();
  }

  void print(long capacity) {
    System.out.println();
    new TreeMap<>(counts)
        .forEach(
            (what, number) -> System.out.printf(Locale.ROOT, "%-52s %,15d%n", what, number.sum()));
    System.out.printf(
        Locale.ROOT,
        "%-52s %,15d  (%.1f %% of the capacity of %,d)%n",
        "most bytes of files seen",
        mostBytes.get(),
        100.0 * mostBytes.get() / capacity,
        capacity);
    List<Long> starts = startMillis.stream().sorted().toList();
    if (!starts.isEmpty()) {
      System.out.printf(
          Locale.ROOT,
          "%-52s %d / %d / %d ms%n",
          "starts until ready: median, 95 %, longest",
          starts.get(starts.size() / 2),
          starts.get(Math.min(starts.size() - 1, starts.size() * 95 / 100)),
          starts.getLast());
    }
    violations.stream().limit(MOST_TOLD).forEach(System.out::println);
    System.out.println(isClean() ? "nothing lost, nothing wrong" : "FAILED");
  }
}
