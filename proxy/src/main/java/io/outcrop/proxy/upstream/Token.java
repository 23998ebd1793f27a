package io.outcrop.proxy.upstream;

import java.time.Duration;
import java.time.Instant;

/**
 * A bearer token.
 *
 * @param value what is sent
 * @param renewAt when to get another, a while before it expires
 */
record Token(String value, Instant renewAt) {

  private static final Duration LONGEST_MARGIN = Duration.ofSeconds(30);

  /** A token that lives for some time from when it was asked for. */
  static Token of(String value, Instant asked, Duration lifetime) {
    Duration fifth = lifetime.dividedBy(5);
    Duration margin = fifth.compareTo(LONGEST_MARGIN) < 0 ? fifth : LONGEST_MARGIN;
    return new Token(value, asked.plus(lifetime).minus(margin));
  }

  @Override
  public String toString() {
    return "Token[…, renewAt=" + renewAt + ']';
  }
}
