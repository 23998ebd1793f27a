package io.outcrop.bench.cache.policy;

import io.outcrop.bench.cache.workload.Catalogue;
import io.outcrop.bench.cache.workload.RequestKind;
import io.outcrop.bench.cache.workload.Workload;
import io.outcrop.storage.cache.ReplacementPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Traces short enough to be followed by hand: words such as {@code a b a}, or with sizes a1 b3 a1.
 */
final class Tiny {

  private Tiny() {}

  /** A workload in which each word is a blob request, with letter and size; without a size, 1. */
  static Workload workload(String trace) {
    List<String> names = new ArrayList<>();
    List<Long> sizes = new ArrayList<>();
    Workload.Builder requests = new Workload.Builder();
    int time = 0;
    for (String word : trace.split(" ", -1)) {
      String name = word.substring(0, 1);
      if (!names.contains(name)) {
        names.add(name);
        sizes.add(word.length() == 1 ? 1 : Long.parseLong(word.substring(1)));
      }
      requests.add(RequestKind.BLOB, names.indexOf(name), 0, -1, time++);
    }
    return requests.build(
        "tiny",
        new Catalogue(
            names.toArray(String[]::new),
            sizes.stream().mapToLong(Long::longValue).toArray(),
            new int[0][]));
  }

  /** The words that were hits are printed, the others are dots; then what is held, by letter. */
  static String run(String trace, ReplacementPolicy policy, long capacity) {
    Workload workload = workload(trace);
    return run(trace, workload, new PolicyCache(workload.catalogue(), policy, capacity));
  }

  /** The same, for a cache that is no policy. */
  static String run(String trace, Workload workload, SimulatedCache cache) {
    StringBuilder seen = new StringBuilder();
    String[] words = trace.split(" ", -1);
    int[] requests = workload.blobRequests();
    for (int i = 0; i < requests.length; i++) {
      seen.append(cache.request(requests[i], 0, true) ? words[i].charAt(0) : '.');
    }
    seen.append(" | ");
    IntStream.range(0, workload.catalogue().contents())
        .filter(cache::holds)
        .mapToObj(content -> letter(words, requests, content))
        .sorted()
        .forEach(seen::append);
    return seen.toString();
  }

  private static Character letter(String[] words, int[] requests, int content) {
    return words[
        IntStream.range(0, requests.length)
            .filter(i -> requests[i] == content)
            .findFirst()
            .orElseThrow()]
        .charAt(0);
  }
}
