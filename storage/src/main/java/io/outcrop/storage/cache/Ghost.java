package io.outcrop.storage.cache;

/**
 * What is remembered of content that was evicted, or refused.
 *
 * @param list {@link SegmentName#GHOST_PROBATION} or {@link SegmentName#GHOST_PROVEN}
 * @param bytes its size
 * @param frequency how often it was used
 * @param lastAccessMillis when it was last used, in milliseconds since 1970
 */
public record Ghost(SegmentName list, long bytes, double frequency, long lastAccessMillis) {

  /**
   * @throws IllegalArgumentException if the list is one of resident content, or a number negative
   */
  public Ghost {
    if (list.isResident()) {
      throw new IllegalArgumentException("list: " + list + " (expected: a ghost list)");
    }
    if (bytes < 0) {
      throw new IllegalArgumentException("bytes: " + bytes + " (expected: >= 0)");
    }
    if (!(frequency >= 0)) {
      throw new IllegalArgumentException("frequency: " + frequency + " (expected: >= 0)");
    }
  }
}
