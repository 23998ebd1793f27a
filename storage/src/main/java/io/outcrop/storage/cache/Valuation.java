package io.outcrop.storage.cache;

import io.outcrop.oci.Digest;

/**
 * What content is worth for the room it takes: its uses times the time it would take to get it
 * again, over its size.
 */
final class Valuation {

  // What content takes on a disk at least.
  private static final long LEAST_BYTES = 4096;

  private final StackArcOptions options;
  private final RefetchCost cost;

  Valuation(StackArcOptions options, RefetchCost cost) {
    this.options = options;
    this.cost = cost;
  }

  float weight(Resident resident) {
    double uses = Math.min(options.worth().frequencyLimit(), resident.frequency);
    double seconds = seconds(resident.digest, resident.bytes);
    return (float) (uses * seconds / Math.max(LEAST_BYTES, resident.bytes));
  }

  /** The time to get content again, within limits around what is usual. */
  double seconds(Digest content, long bytes) {
    double assumed =
        LinkEstimate.DEFAULT_LATENCY_SECONDS + bytes / LinkEstimate.DEFAULT_BYTES_PER_SECOND;
    double usual = sensible(cost.usualSeconds(content, bytes), assumed);
    double limit = options.worth().costRatioLimit();
    return Math.clamp(sensible(cost.seconds(content, bytes), usual), usual / limit, usual * limit);
  }

  private static double sensible(double seconds, double otherwise) {
    return seconds > 0 && seconds < Float.MAX_VALUE ? seconds : otherwise;
  }
}
