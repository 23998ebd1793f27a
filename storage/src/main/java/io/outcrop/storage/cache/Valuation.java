package io.outcrop.storage.cache;

import io.outcrop.oci.Digest;

/**
 * What content is worth for the room it takes: its uses times the time it would take to get it
 * again, over its size; more if it keeps a hot image whole, less if its images are broken anyway.
 */
final class Valuation {

  // What content takes on a disk at least.
  private static final long LEAST_BYTES = 4096;

  private final StackArcOptions options;
  private final RefetchCost cost;
  private boolean offline;

  Valuation(StackArcOptions options, RefetchCost cost) {
    this.options = options;
    this.cost = cost;
  }

  boolean isOffline() {
    return offline;
  }

  void offline(boolean uplinkIsGone) {
    offline = uplinkIsGone;
  }

  float weight(Resident resident, StackState state) {
    double uses = Math.min(options.worth().frequencyLimit(), resident.frequency);
    double seconds = seconds(resident.digest, resident.bytes);
    return (float) (uses * factor(state) * seconds / Math.max(LEAST_BYTES, resident.bytes));
  }

  /** The time to get content again, within limits around what is usual. */
  double seconds(Digest content, long bytes) {
    double assumed =
        LinkEstimate.DEFAULT_LATENCY_SECONDS + bytes / LinkEstimate.DEFAULT_BYTES_PER_SECOND;
    double usual = sensible(cost.usualSeconds(content, bytes), assumed);
    double limit = options.worth().costRatioLimit();
    return Math.clamp(sensible(cost.seconds(content, bytes), usual), usual / limit, usual * limit);
  }

  double factor(StackState state) {
    return switch (state) {
      case NONE, COMPLETE -> 1;
      case PARTIAL -> offline ? 0 : 1;
      case BROKEN -> offline ? 0 : options.stacks().brokenFactor();
      case HOT -> options.stacks().hotFactor();
    };
  }

  private static double sensible(double seconds, double otherwise) {
    return seconds > 0 && seconds < Float.MAX_VALUE ? seconds : otherwise;
  }
}
