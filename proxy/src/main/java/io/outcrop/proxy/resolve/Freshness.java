package io.outcrop.proxy.resolve;

import io.outcrop.proxy.config.UpstreamConfig.TagConfig;
import java.time.Instant;

/** How far what was last known of something mutable may still be believed. */
enum Freshness {
  /** As it is. */
  FRESH,
  /** As it is, but the upstream is to be asked behind the answer. */
  REFRESH_BEHIND,
  /** Only if the upstream cannot be asked. */
  EXPIRED;

  static Freshness of(Instant confirmedAt, TagConfig config, Instant now) {
    Instant freshUntil = confirmedAt.plus(config.freshness());
    // A clock that was set back must not make things fresh for longer than they were meant to be.
    if (confirmedAt.isAfter(now)) {
      return EXPIRED;
    }
    if (now.isBefore(freshUntil)) {
      return FRESH;
    }
    return now.isBefore(freshUntil.plus(config.staleWhileRevalidate())) ? REFRESH_BEHIND : EXPIRED;
  }
}
