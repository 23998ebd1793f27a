package io.outcrop.proxy.upstream;

import java.io.IOException;
import java.time.Duration;

/** Says that a body stopped arriving. */
final class StalledException extends IOException {
  StalledException(Duration stall) {
    super("no byte for " + stall.toMillis() + " ms");
  }
}
