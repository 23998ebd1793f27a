package io.outcrop.storage;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that goes on by a millisecond each time it is read, so that no two uses tie. */
final class TickingClock implements InstantSource {

  private final AtomicLong millis = new AtomicLong(1_750_000_000_000L);

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(millis.incrementAndGet());
  }
}
