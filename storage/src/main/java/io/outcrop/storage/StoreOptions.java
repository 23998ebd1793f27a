package io.outcrop.storage;

import java.nio.file.Path;
import java.time.InstantSource;

/**
 * How a store is opened.
 *
 * @param path folder of all its state; made when absent
 * @param capacity hard bound on the bytes of content, positive
 * @param memoryCacheBytes bytes of small content kept on the heap
 * @param clock tells the time of uses
 */
public record StoreOptions(Path path, long capacity, long memoryCacheBytes, InstantSource clock) {

  /**
   * @throws IllegalArgumentException if a size is not positive
   */
  public StoreOptions {
    if (capacity <= 0 || memoryCacheBytes < 0) {
      throw new IllegalArgumentException(
          "capacity: " + capacity + ", memory cache: " + memoryCacheBytes + " (expected: > 0)");
    }
  }
}
