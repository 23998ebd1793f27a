package io.outcrop.bench.cache;

/**
 * How a cache did. Requests of a scan are in none of the numbers but evictions and time.
 *
 * @param requests for blobs
 * @param hits those answered from the cache
 * @param bytes asked for
 * @param hitBytes answered from the cache
 * @param seconds that fetching all from upstream would have taken
 * @param secondsSpent fetching what was absent, from upstream or the neighbour
 * @param upstreamBytes fetched from upstream
 * @param pulls manifest requests with which a client began a pull
 * @param wholeImages those for which every content of the image was in the cache just then
 * @param wholePulls those which needed nothing that was not in the cache
 * @param offline the same while no upstream could be reached
 * @param evictions how many contents had to leave
 * @param nanosPerRequest processor time of the cache for each blob request
 */
record Outcome(
    long requests,
    long hits,
    long bytes,
    long hitBytes,
    double seconds,
    double secondsSpent,
    long upstreamBytes,
    long pulls,
    long wholeImages,
    long wholePulls,
    Offline offline,
    long evictions,
    double nanosPerRequest) {

  /**
   * What was asked for while no upstream could be reached.
   *
   * @param requests for blobs
   * @param hits those answered from the cache
   * @param pulls that were begun
   * @param wholePulls those which could be ended
   */
  record Offline(long requests, long hits, long pulls, long wholePulls) {}

  double objectHitRatio() {
    return ratio((double) hits, (double) requests);
  }

  double byteHitRatio() {
    return ratio((double) hitBytes, (double) bytes);
  }

  double timeSavedRatio() {
    return 1 - ratio(secondsSpent, seconds);
  }

  double wholeImageRatio() {
    return ratio((double) wholeImages, (double) pulls);
  }

  double wholePullRatio() {
    return ratio((double) wholePulls, (double) pulls);
  }

  private static double ratio(double part, double whole) {
    return whole == 0 ? 0 : part / whole;
  }
}
