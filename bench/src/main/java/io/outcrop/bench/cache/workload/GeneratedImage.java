package io.outcrop.bench.cache.workload;

import java.util.Arrays;

/**
 * An image of a generated workload.
 *
 * @param number of the image
 * @param repository it is in
 * @param contents its layers from the lowest on, and its configuration
 */
record GeneratedImage(int number, int repository, int[] contents) {

  @Override
  public boolean equals(Object other) {
    return other instanceof GeneratedImage image && image.number == number;
  }

  @Override
  public int hashCode() {
    return number;
  }

  @Override
  public String toString() {
    return number + ": " + Arrays.toString(contents);
  }
}
