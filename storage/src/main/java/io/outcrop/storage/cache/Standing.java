package io.outcrop.storage.cache;

/**
 * What a policy holds for or against a piece of content: the answer to why it is here, or why it
 * was evicted.
 *
 * @param list where it stands
 * @param bytes its size
 * @param frequency how often it was used
 * @param value what decides within a list: the lowest leaves first. For content that is gone, what
 *     it was worth when it left is not kept, and this is 0
 * @param costSeconds how long it would take to get it again
 * @param stackState how it stands in its images, which decides nothing
 * @param lastAccessMillis when it was last used, in milliseconds since 1970
 */
public record Standing(
    SegmentName list,
    long bytes,
    double frequency,
    double value,
    double costSeconds,
    StackState stackState,
    long lastAccessMillis) {

  /**
   * @throws IllegalArgumentException if the frequency is negative, or it or the value is no finite
   *     number
   */
  public Standing {
    if (!(frequency >= 0) || !Double.isFinite(frequency + value)) {
      throw new IllegalArgumentException(
          "frequency, value: " + frequency + ", " + value + " (expected: finite, >= 0)");
    }
  }
}
