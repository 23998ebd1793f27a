package io.outcrop.bench.cache.workload;

import java.util.Arrays;

/** Zipf's law: the n-th of several is chosen with a probability like 1/n^exponent. Immutable. */
final class Zipf {

  private final double[] cumulated;

  Zipf(int ranks, double exponent) {
    cumulated = new double[ranks];
    double sum = 0;
    for (int i = 0; i < ranks; i++) {
      sum += Math.pow(i + 1, -exponent);
      cumulated[i] = sum;
    }
  }

  /** A rank from 0. */
  int draw(Chance chance) {
    return at(chance.between(0, 1));
  }

  /** The rank, from 0, below which the given share of all draws is. */
  int at(double share) {
    double point = share * cumulated[cumulated.length - 1];
    int found = Arrays.binarySearch(cumulated, point);
    return found < 0 ? -found - 1 : found;
  }
}
