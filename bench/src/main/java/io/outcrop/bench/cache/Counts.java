package io.outcrop.bench.cache;

/**
 * What was asked for, and what of it the cache had. Requests of a scan are not counted.
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
 */
record Counts(
    long requests,
    long hits,
    long bytes,
    long hitBytes,
    double seconds,
    double secondsSpent,
    long upstreamBytes,
    long pulls,
    long wholeImages,
    long wholePulls) {

  double objectHitRatio() {
    return ratio(hits, requests);
  }

  double byteHitRatio() {
    return ratio(hitBytes, bytes);
  }

  double timeSavedRatio() {
    return seconds == 0 ? 0 : 1 - secondsSpent / seconds;
  }

  double wholeImageRatio() {
    return ratio(wholeImages, pulls);
  }

  double wholePullRatio() {
    return ratio(wholePulls, pulls);
  }

  private static double ratio(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }

  /** Counts up. For one thread. */
  static final class Tally {
    private long requests;
    private long hits;
    private long bytes;
    private long hitBytes;
    private double seconds;
    private double secondsSpent;
    private long upstreamBytes;
    private long pulls;
    private long wholeImages;
    private long lackingPulls;

    void hit(long size, double upstreamSeconds) {
      requests++;
      bytes += size;
      seconds += upstreamSeconds;
      hits++;
      hitBytes += size;
    }

    /**
     * @param spent seconds until it was there; no less than that if it could not be had
     * @param fetched bytes from upstream
     */
    void miss(long size, double upstreamSeconds, double spent, long fetched) {
      requests++;
      bytes += size;
      seconds += upstreamSeconds;
      secondsSpent += spent;
      upstreamBytes += fetched;
    }

    void pull(boolean wholeImage) {
      pulls++;
      if (wholeImage) {
        wholeImages++;
      }
    }

    /** Called once at most for a pull. */
    void pullLacks() {
      lackingPulls++;
    }

    Counts counts() {
      return new Counts(
          requests,
          hits,
          bytes,
          hitBytes,
          seconds,
          secondsSpent,
          upstreamBytes,
          pulls,
          wholeImages,
          pulls - lackingPulls);
    }
  }
}
