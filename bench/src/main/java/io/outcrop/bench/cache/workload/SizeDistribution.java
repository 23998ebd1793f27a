package io.outcrop.bench.cache.workload;

import java.util.List;

/**
 * The sizes of layers and configurations, as the registry trace of IBM has them by request.
 * Immutable.
 */
public final class SizeDistribution {

  /*
   * Two sources, which hardly overlap. Up to the 90th percentile: 999 requests of which the size is
   * known. Above: three points of the tail of 12.66 million requests, each with its share of the
   * bytes. Between two known points sizes follow a bounded Pareto distribution. In the body its
   * exponent is 0, so that the logarithm is spread evenly. In the tail the exponent is the one that
   * gives the segment its share of the bytes.
   *
   * The two sources differ where they meet: the 95th percentile of the 999 is 54 MB, and of the
   * 12.66 million more than 67 MB. The larger one is believed.
   */

  private static final long MIB = 1L << 20;
  private static final double MEAN = 14.0e6;

  /** The one distribution there is. */
  public static final SizeDistribution OF_REGISTRY =
      new SizeDistribution(
          List.of(
              spread(0.05, 32, 130),
              spread(0.20, 130, 1_100),
              spread(0.25, 1_100, 11_500),
              spread(0.15, 11_500, 645e3),
              spread(0.10, 645e3, 3.3e6),
              spread(0.05, 3.3e6, 9.4e6),
              spread(0.10, 9.4e6, 35e6),
              spread(0.0414, 35e6, 64.0 * MIB),
              tail(0.0530, 0.404, 64.0 * MIB, 256.0 * MIB),
              tail(0.00511, 0.167, 256.0 * MIB, 1024.0 * MIB),
              tail(0.00049, 0.077, 1024.0 * MIB, 5120.0 * MIB)));

  private final List<Segment> segments;

  private SizeDistribution(List<Segment> segments) {
    this.segments = segments;
  }

  /**
   * The size that a share of requests stays below.
   *
   * @param share from 0 to 1
   */
  public long quantile(double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("share: " + share + " (expected: 0 to 1)");
    }
    double below = 0;
    for (Segment segment : segments) {
      if (share < below + segment.share) {
        return Math.round(segment.quantile((share - below) / segment.share));
      }
      below += segment.share;
    }
    return Math.round(segments.getLast().upper);
  }

  /**
   * The size of a content by its name: the same each time, and independent of how often it is asked
   * for.
   */
  public long of(String name, long seed) {
    return quantile(unit(mix(mix(name.hashCode() * 0x9e3779b97f4a7c15L + hash(name)) + seed)));
  }

  private static long hash(String name) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < name.length(); i++) {
      hash = (hash ^ name.charAt(i)) * 0x100000001b3L;
    }
    return hash;
  }

  /** The finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA'14). */
  private static long mix(long value) {
    long z = value + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  private static double unit(long bits) {
    return (bits >>> 11) * 0x1p-53;
  }

  private static Segment spread(double share, double lower, double upper) {
    return new Segment(share, lower, upper, 0);
  }

  /** The exponent is found by bisection: the mean falls as it grows. */
  private static Segment tail(double share, double shareOfBytes, double lower, double upper) {
    double mean = shareOfBytes * MEAN / share;
    double low = -10;
    double high = 10;
    for (int i = 0; i < 100; i++) {
      double middle = (low + high) / 2;
      if (new Segment(share, lower, upper, middle).mean() > mean) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return new Segment(share, lower, upper, low);
  }

  /** A bounded Pareto distribution with a density like x^(-1 - exponent). */
  private record Segment(double share, double lower, double upper, double exponent) {

    double quantile(double part) {
      double logarithm = Math.log(upper / lower);
      if (Math.abs(exponent) < 1e-9) {
        return lower * Math.exp(part * logarithm);
      }
      return lower * Math.pow(1 - part * -Math.expm1(-exponent * logarithm), -1 / exponent);
    }

    double mean() {
      double logarithm = Math.log(upper / lower);
      // The integral of x^(-exponent) over that of x^(-1 - exponent), both with x in units of
      // lower.
      return lower * integral(1 - exponent, logarithm) / integral(-exponent, logarithm);
    }

    private static double integral(double power, double logarithm) {
      return Math.abs(power) < 1e-9 ? logarithm : Math.expm1(power * logarithm) / power;
    }
  }
}
