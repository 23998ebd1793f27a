package io.outcrop.storage;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The blobs that are being written now. Thread-safe. */
final class RunningPartials {

  private final Set<PartialBlob> running = ConcurrentHashMap.newKeySet();

  void add(PartialBlob partial) {
    running.add(partial);
  }

  void remove(PartialBlob partial) {
    running.remove(partial);
  }

  /** Bytes booked for them that are on no disk yet. */
  long unwritten() {
    return running.stream().mapToLong(PartialBlob::unwritten).sum();
  }
}
