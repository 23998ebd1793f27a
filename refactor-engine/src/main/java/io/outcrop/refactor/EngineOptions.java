package io.outcrop.refactor;

import io.outcrop.refactor.model.Limits;
import java.nio.file.Path;

/**
 * What an engine may use.
 *
 * @param limits beyond which an image is left as it is
 * @param processors how many it keeps busy at most, whatever the number of images
 * @param temporary a directory for temporary files
 * @param temporaryBytes how much room these may take for one image; its largest group has to fit
 */
public record EngineOptions(Limits limits, int processors, Path temporary, long temporaryBytes) {

  /**
   * @throws IllegalArgumentException if a number is not positive
   */
  public EngineOptions {
    if (processors < 1 || temporaryBytes < 1) {
      throw new IllegalArgumentException(
          "processors: "
              + processors
              + ", temporaryBytes: "
              + temporaryBytes
              + " (expected: >= 1)");
    }
  }
}
