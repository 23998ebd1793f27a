package io.outcrop.storage.cache;

import java.time.Duration;

/**
 * What of {@link StackArc} is switched on, and how strongly. The defaults are what has paid in the
 * simulator; the rest is there so that it can be measured.
 *
 * @param probation how much room content that was used once may take
 * @param worth how the value of content is told
 * @param images how much is known of images
 * @param requests which requests count
 * @param ghosts how much is remembered of evicted content
 */
public record StackArcOptions(
    Probation probation, Worth worth, Images images, Requests requests, Ghosts ghosts) {

  private static final StackArcOptions DEFAULTS =
      new StackArcOptions(
          new Probation(0.05, 0.5, 0.4, true),
          new Worth(8, true, 3, 4),
          new Images(1 << 13, 1 << 17),
          new Requests(Duration.ofMinutes(1), 1.0 / 8),
          new Ghosts(1, 1 << 16));

  /** What the server runs with. */
  public static StackArcOptions defaults() {
    return DEFAULTS;
  }

  /** These options, but for probation. */
  public StackArcOptions with(Probation other) {
    return new StackArcOptions(other, worth, images, requests, ghosts);
  }

  /** These options, but for how value is told. */
  public StackArcOptions with(Worth other) {
    return new StackArcOptions(probation, other, images, requests, ghosts);
  }

  /** These options, but for images. */
  public StackArcOptions with(Images other) {
    return new StackArcOptions(probation, worth, other, requests, ghosts);
  }

  /** These options, but for which requests count. */
  public StackArcOptions with(Requests other) {
    return new StackArcOptions(probation, worth, images, other, ghosts);
  }

  /** These options, but for what is remembered. */
  public StackArcOptions with(Ghosts other) {
    return new StackArcOptions(probation, worth, images, requests, other);
  }

  /**
   * The share of the capacity that content used once is asked to take: p of ARC, over the capacity.
   *
   * @param floor the least it can become
   * @param ceiling the most it can become
   * @param start what it is before anything was learnt
   * @param adaptive whether ghost hits move it
   */
  public record Probation(double floor, double ceiling, double start, boolean adaptive) {

    /** Checks that these are shares in order. */
    public Probation {
      if (!(0 <= floor && floor <= start && start <= ceiling && ceiling <= 1)) {
        throw new IllegalArgumentException(
            "floor, start, ceiling: %s, %s, %s (expected: in order, from 0 to 1)"
                .formatted(floor, start, ceiling));
      }
    }
  }

  /**
   * How the value of content is told.
   *
   * @param frequencyLimit uses beyond this many add no value
   * @param ghostFrequency whether uses from before an eviction count after it
   * @param costRatioLimit how many times dearer or cheaper than usual content may be to get again
   * @param reassessed how much resident content is valued anew for each victim
   */
  public record Worth(
      double frequencyLimit, boolean ghostFrequency, double costRatioLimit, int reassessed) {

    /** Checks that the limits leave something. */
    public Worth {
      if (!(frequencyLimit >= 1 && costRatioLimit >= 1)) {
        throw new IllegalArgumentException(
            "frequencyLimit, costRatioLimit: %s, %s (expected: >= 1)"
                .formatted(frequencyLimit, costRatioLimit));
      }
    }
  }

  /**
   * How much is known of images, which tells how content stands in them and decides nothing.
   *
   * @param most how many images at most
   * @param mostLayers how many layers these have in all at most
   */
  public record Images(int most, int mostLayers) {}

  /**
   * Which requests count.
   *
   * @param correlation time in which repeated uses by one client count once; 0 for never
   * @param hugeShare share of the capacity beyond which content must be asked for twice to be kept;
   *     1 to keep all that fits
   */
  public record Requests(Duration correlation, double hugeShare) {}

  /**
   * How much is remembered of evicted content.
   *
   * @param reach in capacities, what content used once may add up to, resident or remembered, and
   *     half of what all content may; 1 is as in ARC
   * @param most how many pieces of content at most
   */
  public record Ghosts(double reach, int most) {}
}
