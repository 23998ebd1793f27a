package io.outcrop.bench.cache.workload;

/**
 * A line through points, straight in logarithms of both axes.
 *
 * @param points positive pairs in ascending order of the first
 */
record LogLine(double[][] points) {

  /** The value at a place, which is not beyond the last point. */
  double at(double place) {
    for (int i = 1; i < points.length; i++) {
      if (place <= points[i][0]) {
        double[] left = points[i - 1];
        double[] right = points[i];
        double part = Math.log(place / left[0]) / Math.log(right[0] / left[0]);
        return left[1] * Math.pow(right[1] / left[1], part);
      }
    }
    throw new IllegalArgumentException(
        "place: " + place + " (expected: <= " + points[points.length - 1][0] + ')');
  }
}
