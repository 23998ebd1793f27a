package io.outcrop.proxy.refactor;

/** Told of what is made, on any thread; must be quick. */
public interface RefactorEvents {

  /**
   * An image was dealt with.
   *
   * @param outcome {@code refactored}, {@code refused} or {@code failed}
   */
  void imageEnded(String outcome);

  /** Layers of originals were read. */
  void scanned(long bytes);

  /**
   * An image got its layers.
   *
   * @param built layers that were made for it
   * @param reused layers that were here already
   * @param savedBytes what the latter take
   */
  void layersMade(int built, int reused, long savedBytes);

  /** A layer that was evicted was made again. */
  void layerRebuilt(long bytes);
}
