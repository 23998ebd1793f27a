package io.outcrop.refactor.plan.intrinsic;

/**
 * How fine the intrinsic planner cuts.
 *
 * @param threshold a component with at least so many bytes of content has a layer of its own
 * @param bigFile a file with at least so many bytes that belongs to no package is a component
 * @param bins into how many bundles at most, by the hash of their names, the small packages of a
 *     source layer go; a power of two
 */
public record IntrinsicOptions(long threshold, long bigFile, int bins) {

  /** 1 MiB, 4 MiB, one bundle. */
  public static final IntrinsicOptions DEFAULT = new IntrinsicOptions(1 << 20, 4 << 20, 1);

  /**
   * The same with up to eight bundles: updates are smaller and layers more. What is stored is less
   * only if few images come to the most layers allowed.
   */
  public static final IntrinsicOptions FINE_BUNDLES = new IntrinsicOptions(1 << 20, 4 << 20, 8);

  private static final long LEAST = 1 << 12;
  private static final long MOST = 1L << 40;
  private static final int MOST_BINS = 64;

  /**
   * @throws IllegalArgumentException if a value is out of its range
   */
  public IntrinsicOptions {
    check("threshold", threshold, LEAST, MOST);
    check("bigFile", bigFile, LEAST, MOST);
    check("bins", bins, 1, MOST_BINS);
    if (Integer.bitCount(bins) != 1) {
      throw new IllegalArgumentException("bins: " + bins + " (expected: a power of two)");
    }
  }

  private static void check(String what, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          what + ": " + value + " (expected: " + least + ".." + most + ")");
    }
  }
}
