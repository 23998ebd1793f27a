package io.outcrop.proxy.fill;

import java.time.Duration;

/** When clients last got bytes from an upstream, so that others do not get in their way. */
final class ClientTraffic {

  private static final Duration QUIET = Duration.ofMillis(250);

  private volatile long lastNanos = System.nanoTime() - QUIET.toNanos();

  /** Bytes came that a client waits for. */
  void note() {
    lastNanos = System.nanoTime();
  }

  /** How long until nothing will have come for a while, if nothing does; 0 if that is now. */
  Duration untilQuiet() {
    long left = QUIET.toNanos() - (System.nanoTime() - lastNanos);
    return left <= 0 ? Duration.ZERO : Duration.ofNanos(left);
  }
}
