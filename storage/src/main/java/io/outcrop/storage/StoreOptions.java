package io.outcrop.storage;

import io.outcrop.storage.cache.LinkEstimate;
import io.outcrop.storage.cache.RefetchCost;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * How a store is opened.
 *
 * @param path folder of all its state; made when absent
 * @param capacity hard bound on the bytes of content, positive
 * @param keepFree bytes of the volume that content leaves free, whoever else fills it; 0 for
 *     content that looks at nothing but its capacity
 * @param memoryCacheBytes bytes of small content kept on the heap
 * @param cost tells what it would take to get content again; asked under a lock, so it must be
 *     quick
 * @param clock tells the time of uses
 */
public record StoreOptions(
    Path path,
    long capacity,
    long keepFree,
    long memoryCacheBytes,
    RefetchCost cost,
    InstantSource clock) {

  /**
   * @throws IllegalArgumentException if the capacity is not positive, or another size negative
   */
  public StoreOptions {
    if (capacity <= 0 || keepFree < 0 || memoryCacheBytes < 0) {
      throw new IllegalArgumentException(
          "capacity: "
              + capacity
              + " (expected: > 0), keep free: "
              + keepFree
              + ", memory cache: "
              + memoryCacheBytes
              + " (expected: >= 0)");
    }
  }

  /** Of a store that has its volume to itself, behind a link of which nothing is known. */
  public StoreOptions(Path path, long capacity, long memoryCacheBytes, InstantSource clock) {
    this(path, capacity, 0, memoryCacheBytes, new LinkEstimate(), clock);
  }
}
