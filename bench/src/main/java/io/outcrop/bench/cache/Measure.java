package io.outcrop.bench.cache;

/** What results are told in. Ratios are from 0 to 1. */
enum Measure {
  OBJECT_HITS("object hits"),
  BYTE_HITS("byte hits"),
  TIME_SAVED("time saved"),
  UPSTREAM_BYTES("upstream bytes"),
  WHOLE_IMAGES("whole images"),
  WHOLE_PULLS("whole pulls"),
  WATCHED_OBJECT_HITS("watched object hits"),
  WATCHED_BYTE_HITS("watched byte hits"),
  WATCHED_TIME_SAVED("watched time saved"),
  WATCHED_UPSTREAM_BYTES("watched upstream bytes"),
  WATCHED_WHOLE_PULLS("watched whole pulls"),
  EVICTIONS("evictions"),
  NANOS_PER_REQUEST("ns per request");

  private final String title;

  Measure(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }

  double of(Outcome outcome) {
    return switch (this) {
      case OBJECT_HITS -> outcome.total().objectHitRatio();
      case BYTE_HITS -> outcome.total().byteHitRatio();
      case TIME_SAVED -> outcome.total().timeSavedRatio();
      case UPSTREAM_BYTES -> (double) outcome.total().upstreamBytes();
      case WHOLE_IMAGES -> outcome.total().wholeImageRatio();
      case WHOLE_PULLS -> outcome.total().wholePullRatio();
      case WATCHED_OBJECT_HITS -> outcome.watched().objectHitRatio();
      case WATCHED_BYTE_HITS -> outcome.watched().byteHitRatio();
      case WATCHED_TIME_SAVED -> outcome.watched().timeSavedRatio();
      case WATCHED_UPSTREAM_BYTES -> (double) outcome.watched().upstreamBytes();
      case WATCHED_WHOLE_PULLS -> outcome.watched().wholePullRatio();
      case EVICTIONS -> (double) outcome.evictions();
      case NANOS_PER_REQUEST -> outcome.nanosPerRequest();
    };
  }
}
