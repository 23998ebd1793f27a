package io.outcrop.storage.cache;

import io.outcrop.oci.Digest;

/**
 * What it would take to get content again. Asked for each use and each eviction, so it must be
 * quick; numbers that make no sense are taken as unknown.
 */
@FunctionalInterface
public interface RefetchCost {

  /**
   * The time it would take to get content from the cheapest other source that has it now.
   *
   * @param bytes its size
   * @return seconds, more than 0
   */
  double seconds(Digest content, long bytes);

  /**
   * The time it takes as a rule, from a source that does not come and go. The policy lets what
   * holds now depart from this within limits only, so that a peer that comes and goes cannot turn
   * the whole cache over.
   *
   * @param bytes its size
   * @return seconds, more than 0
   */
  default double usualSeconds(Digest content, long bytes) {
    return seconds(content, bytes);
  }
}
