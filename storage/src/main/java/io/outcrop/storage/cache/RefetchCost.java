package io.outcrop.storage.cache;

import io.outcrop.oci.Digest;

/** What it would take to get content again. */
@FunctionalInterface
public interface RefetchCost {

  /**
   * The time it would take to get content from the cheapest other source that has it now.
   *
   * @param bytes its size
   * @return seconds, more than 0
   */
  double seconds(Digest content, long bytes);
}
