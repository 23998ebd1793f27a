package io.outcrop.bench.cache.policy;

import io.outcrop.oci.Digest;
import org.jspecify.annotations.Nullable;

/** What a rival knows of a content; each rival has its own use for the numbers. */
final class Entry {
  final Digest content;
  final long bytes;

  /** The list that it is in. */
  @Nullable Chain chain;

  @Nullable Entry older;
  @Nullable Entry newer;

  int uses;
  double value;
  long used;
  long usedBefore;

  Entry(Digest content, long bytes) {
    this.content = content;
    this.bytes = bytes;
  }

  /** Whether it is in a list, and that list is this one. */
  boolean isIn(Chain other) {
    return chain == other;
  }
}
