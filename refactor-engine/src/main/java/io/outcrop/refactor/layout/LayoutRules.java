package io.outcrop.refactor.layout;

import io.outcrop.refactor.RefactorRequest;
import io.outcrop.refactor.compress.Packing;
import io.outcrop.refactor.plan.Planner;

/**
 * How images are refactored.
 *
 * @param planner decides on the layers
 * @param packing how they are compressed; images in Docker's format get gzip where this is zstd
 * @param maxLayers how many an image may have
 */
public record LayoutRules(Planner planner, Packing packing, int maxLayers) {

  /** All of this as a text: equal texts make equal images. */
  public String policy() {
    return RefactorRequest.policy(planner, packing, maxLayers);
  }
}
