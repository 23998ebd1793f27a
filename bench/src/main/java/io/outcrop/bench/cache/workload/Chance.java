package io.outcrop.bench.cache.workload;

import java.util.SplittableRandom;

/** Random numbers of the distributions that a generator needs; the same for the same seed. */
final class Chance {

  private final SplittableRandom random;

  Chance(long seed) {
    random = new SplittableRandom(seed);
  }

  boolean happens(double probability) {
    return random.nextDouble() < probability;
  }

  /** Evenly from {@code low} to {@code high}. */
  double between(double low, double high) {
    return low + (high - low) * random.nextDouble();
  }

  /** Evenly from {@code least} to {@code most}, both included. */
  int wholeBetween(int least, int most) {
    return random.nextInt(least, most + 1);
  }

  double exponential(double mean) {
    return -mean * Math.log(1 - random.nextDouble());
  }

  /** From 0 on, each next value less likely by the same factor. */
  int geometric(double mean) {
    return mean <= 0 ? 0 : (int) (Math.log(1 - random.nextDouble()) / Math.log(mean / (1 + mean)));
  }

  double logNormal(double median, double sigma) {
    double radius = Math.sqrt(-2 * Math.log(1 - random.nextDouble()));
    return median * Math.exp(sigma * radius * Math.cos(2 * Math.PI * random.nextDouble()));
  }
}
