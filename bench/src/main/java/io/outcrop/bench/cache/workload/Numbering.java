package io.outcrop.bench.cache.workload;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Gives numbers to names, from 0 and in the order they are first seen. */
final class Numbering {
  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<String> names = new ArrayList<>();

  int of(String name) {
    return numbers.computeIfAbsent(
        name,
        added -> {
          names.add(added);
          return numbers.size();
        });
  }

  int size() {
    return names.size();
  }

  String[] names() {
    return names.toArray(String[]::new);
  }
}
