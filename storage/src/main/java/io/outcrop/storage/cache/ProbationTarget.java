package io.outcrop.storage.cache;

/**
 * How much of the capacity content used once is asked to take: p of ARC, learnt from what comes
 * back after its eviction. Content that was used once and comes back shows that probation is too
 * small, content that was proven that it is too large; each by its size, and by more when the list
 * it was remembered in is the smaller one.
 */
final class ProbationTarget {

  private final StackArcOptions.Probation options;
  private double share;

  ProbationTarget(StackArcOptions.Probation options) {
    this.options = options;
    share = options.start();
  }

  /** From 0 to 1. */
  double share() {
    return share;
  }

  void restore(double saved) {
    share = Math.clamp(saved, options.floor(), options.ceiling());
  }

  /**
   * Content came back.
   *
   * @param list where it was remembered
   * @param bytes its size
   * @param once the bytes remembered of content used once
   * @param proven the bytes remembered of proven content
   */
  void ghostHit(SegmentName list, long bytes, long once, long proven, long capacity) {
    if (!options.adaptive()) {
      return;
    }
    double ratio = Math.max(1, once) / (double) Math.max(1, proven);
    double step =
        list == SegmentName.GHOST_PROBATION ? Math.max(1, 1 / ratio) : -Math.max(1, ratio);
    restore(share + step * bytes / Math.max(1, capacity));
  }
}
