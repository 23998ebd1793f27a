package io.outcrop.refactor.plan;

import io.outcrop.refactor.view.View;

/**
 * What a planner is given.
 *
 * @param view the image; {@link View#layers()} are the layers it comes from
 * @param contents reads files of the image
 * @param maxLayers how many groups there may be, the top one among them; at least 1
 */
public record PlanRequest(View view, FileContents contents, int maxLayers) {

  /**
   * @throws IllegalArgumentException if no layer is allowed
   */
  public PlanRequest {
    if (maxLayers < 1) {
      throw new IllegalArgumentException("maxLayers: " + maxLayers + " (expected: >= 1)");
    }
  }
}
