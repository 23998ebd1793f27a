package io.outcrop.refactor.plan.epoch;

/**
 * What an epoch is to be like.
 *
 * @param threshold how many bytes of content a bundle has at least, unpacked
 * @param maxLayers how many layers an image of the corpus has at most, the private one among them
 * @param layerPrice how many bytes stored are worth one layer less of one image
 */
public record EpochOptions(long threshold, int maxLayers, long layerPrice) {

  /** Bundles of 256 KiB or more, at most 24 layers an image. */
  public static final EpochOptions DEFAULT = new EpochOptions(256 << 10, 24, 4 << 10);

  static final int HIGHEST_LAYERS = 500;

  /**
   * @throws IllegalArgumentException if a number is out of its range
   */
  public EpochOptions {
    if (threshold < 1 || maxLayers < 1 || maxLayers > HIGHEST_LAYERS || layerPrice < 0) {
      throw new IllegalArgumentException(
          "threshold: "
              + threshold
              + ", maxLayers: "
              + maxLayers
              + ", layerPrice: "
              + layerPrice
              + " (expected: >= 1, 1.."
              + HIGHEST_LAYERS
              + ", >= 0)");
    }
  }
}
