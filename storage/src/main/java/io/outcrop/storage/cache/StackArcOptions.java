package io.outcrop.storage.cache;

import java.time.Duration;

/**
 * What of {@link StackArc} is switched on, and how strongly. The defaults are what has paid in the
 * simulator; the rest is there so that it can be measured.
 *
 * @param probationFloor least share of the capacity that probation may be asked to shrink to
 * @param probationCeiling largest share of the capacity that probation may be asked to grow to
 * @param probationStart share of the capacity that probation is asked to take before anything was
 *     learnt
 * @param adaptive whether ghost hits move that share, as in ARC
 * @param greedyDual whether the victim of a list is the one of lowest value; else the one not used
 *     for longest
 * @param frequencyLimit uses beyond this many add no value
 * @param ghostFrequency whether uses from before an eviction count after it
 * @param costRatioLimit how far the cost of getting content again may be above or below what is
 *     usual
 * @param reassessments how much resident content is valued anew for each victim
 * @param brokenFactor value factor of content whose images are all broken; 1 for none
 * @param hotFactor value factor of content that makes a hot image complete; 1 for none
 * @param hotUses decayed uses of an image from which it is hot
 * @param hotHalfLife time in which uses of an image lose half their weight
 * @param imageCredit what a use of an image counts for its layers; 0 for nothing
 * @param correlation time in which repeated uses by one client count once; 0 for never
 * @param hugeShare share of the capacity from which content must be asked for twice to be kept; 1
 *     to keep all that fits
 * @param ghostReach how much evicted content is remembered, in capacities for each list; 1 as in
 *     ARC
 * @param mostGhosts how many pieces of evicted content are remembered at most
 * @param mostImages how many images are known at most
 * @param mostMemberships how many layers these have in all at most
 */
public record StackArcOptions(
    double probationFloor,
    double probationCeiling,
    double probationStart,
    boolean adaptive,
    boolean greedyDual,
    double frequencyLimit,
    boolean ghostFrequency,
    double costRatioLimit,
    int reassessments,
    double brokenFactor,
    double hotFactor,
    double hotUses,
    Duration hotHalfLife,
    double imageCredit,
    Duration correlation,
    double hugeShare,
    double ghostReach,
    int mostGhosts,
    int mostImages,
    int mostMemberships) {

  private static final StackArcOptions DEFAULTS =
      new StackArcOptions(
          0.05,
          0.5,
          0.05,
          true,
          true,
          32,
          true,
          10,
          4,
          0.5,
          1.5,
          3,
          Duration.ofHours(24),
          0.25,
          Duration.ofMinutes(10),
          1.0 / 8,
          1,
          1 << 16,
          1 << 13,
          1 << 17);

  /** What the server runs with. */
  public static StackArcOptions defaults() {
    return DEFAULTS;
  }
}
