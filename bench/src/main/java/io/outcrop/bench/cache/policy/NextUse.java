package io.outcrop.bench.cache.policy;

import java.util.Arrays;

/** For each request of a sequence, where the same content is asked for next. */
final class NextUse {

  /** After the last request for a content. */
  static final int NEVER = Integer.MAX_VALUE;

  private NextUse() {}

  static int[] of(int[] requests, int contents) {
    int[] latest = new int[contents];
    Arrays.fill(latest, NEVER);
    int[] next = new int[requests.length];
    for (int i = requests.length - 1; i >= 0; i--) {
      next[i] = latest[requests[i]];
      latest[requests[i]] = i;
    }
    return next;
  }
}
