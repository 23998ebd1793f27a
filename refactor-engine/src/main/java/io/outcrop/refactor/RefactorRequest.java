package io.outcrop.refactor;

import io.outcrop.oci.MediaType;
import io.outcrop.refactor.build.ContentSink;
import io.outcrop.refactor.build.ContentSource;
import io.outcrop.refactor.build.LayerKey;
import io.outcrop.refactor.compress.Packing;
import io.outcrop.refactor.plan.Planner;

/**
 * An image to be refactored, and how.
 *
 * @param manifest its manifest as it is published
 * @param mediaType the manifest's type
 * @param source has its configuration and layers
 * @param sink takes the new ones
 * @param planner decides on the layers
 * @param packing how they are compressed; images in Docker's format get gzip where this is zstd
 * @param maxLayers how many there may be
 */
public record RefactorRequest(
    byte[] manifest,
    MediaType mediaType,
    ContentSource source,
    ContentSink sink,
    Planner planner,
    Packing packing,
    int maxLayers) {

  /** The most layers that leave room for images built upon this one. */
  public static final int DEFAULT_MAX_LAYERS = 100;

  /**
   * All that decides what is made of a source, as a short text without spaces: equal texts make
   * equal images of it. It is published with the image.
   *
   * @param planner decides on the layers
   * @param packing how they are compressed in truth
   * @param maxLayers how many there may be
   */
  public static String policy(Planner planner, Packing packing, int maxLayers) {
    return planner.policy()
        + ";layers="
        + maxLayers
        + ";packing="
        + packing
        + ";format="
        + LayerKey.FORMAT;
  }
}
