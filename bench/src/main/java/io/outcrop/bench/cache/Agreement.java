package io.outcrop.bench.cache;

import io.outcrop.bench.cache.policy.Contestant;
import io.outcrop.bench.cache.workload.Workload;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether another simulator comes to the same results for the same requests. It counts sizes in
 * KiB, and so they are rounded here too.
 */
final class Agreement {

  /** By how much hit ratios may differ. */
  static final double TOLERANCE = 0.005;

  private Agreement() {}

  /**
   * What another simulator found.
   *
   * @param workload its kind
   * @param kib the capacity
   * @param policy as it is called here
   * @param objectHitRatio of all requests
   * @param byteHitRatio of all KiB
   */
  record Reference(
      String workload, long kib, String policy, double objectHitRatio, double byteHitRatio) {

    /**
     * Reads {@code workload,kib,policy,percent of objects,percent of KiB}.
     *
     * @throws IllegalArgumentException if the line is something else
     */
    static Reference parse(String line) {
      String[] fields = line.split(",", -1);
      if (fields.length != 5) {
        throw new IllegalArgumentException("line: " + line + " (expected: five fields)");
      }
      return new Reference(
          fields[0],
          Long.parseLong(fields[1]),
          fields[2],
          Double.parseDouble(fields[3]) / 100,
          Double.parseDouble(fields[4]) / 100);
    }
  }

  /**
   * Both results.
   *
   * @param reference the other simulator's
   * @param own this simulator's
   */
  record Pair(Reference reference, Counts own) {

    double objectDifference() {
      return own.objectHitRatio() - reference.objectHitRatio;
    }

    double byteDifference() {
      return own.byteHitRatio() - reference.byteHitRatio;
    }

    boolean agrees() {
      return Math.abs(objectDifference()) <= TOLERANCE && Math.abs(byteDifference()) <= TOLERANCE;
    }
  }

  /** The workload with sizes rounded up to KiB. */
  static Workload inKib(Workload workload) {
    long[] bytes = new long[workload.catalogue().contents()];
    for (int content = 0; content < bytes.length; content++) {
      bytes[content] = (workload.catalogue().bytes(content) + 1023) & -1024;
    }
    return workload.withBytes(workload.name(), bytes);
  }

  /** Runs what another simulator has run. */
  static List<Pair> compare(Workload workload, List<Reference> references) {
    Workload rounded = inKib(workload);
    List<Pair> pairs = new ArrayList<>();
    for (Reference reference : references) {
      Contestant contestant =
          Contestant.all().stream()
              .filter(candidate -> candidate.name().equals(reference.policy))
              .findFirst()
              .orElseThrow(() -> new IllegalArgumentException("policy: " + reference.policy));
      Counts own = Simulation.run(rounded, contestant, reference.kib << 10).total();
      pairs.add(new Pair(reference, own));
    }
    return pairs;
  }
}
