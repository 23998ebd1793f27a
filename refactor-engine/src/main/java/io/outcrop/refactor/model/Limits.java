package io.outcrop.refactor.model;

/**
 * What is accepted of an image: far above honest ones, and low enough that a hostile one costs
 * little. Beyond any of them an image is served as it is.
 *
 * @param maxLayers layers of the source image
 * @param maxEntries entries of one layer, and of all layers of an image together, with the
 *     directories that are not stated
 * @param maxPathBytes length of a path
 * @param maxDepth components of a path
 * @param maxHeaderBytes extended headers of one entry, together
 * @param maxFileBytes one file
 * @param maxLayerBytes one layer, unpacked
 * @param maxRatio unpacked bytes to packed ones; applies beyond {@link #RATIO_FREE_BYTES}
 * @param maxDocumentBytes a configuration
 */
public record Limits(
    int maxLayers,
    int maxEntries,
    int maxPathBytes,
    int maxDepth,
    int maxHeaderBytes,
    long maxFileBytes,
    long maxLayerBytes,
    int maxRatio,
    int maxDocumentBytes) {

  /** A layer may unpack to this much whatever its ratio. */
  public static final long RATIO_FREE_BYTES = 128L << 20;

  /** What suits an edge with a heap of 512 MB. */
  public static final Limits DEFAULT =
      new Limits(500, 750_000, 4096, 256, 1 << 20, 64L << 30, 128L << 30, 200, 4 << 20);

  /**
   * @throws IllegalArgumentException if a limit is not positive
   */
  public Limits {
    if (maxLayers < 1
        || maxEntries < 1
        || maxPathBytes < 1
        || maxDepth < 1
        || maxHeaderBytes < 1
        || maxFileBytes < 1
        || maxLayerBytes < 1
        || maxRatio < 1
        || maxDocumentBytes < 1) {
      throw new IllegalArgumentException("limits have to be positive: " + this);
    }
  }
}
