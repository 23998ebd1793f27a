package io.outcrop.refactor.plan;

import io.outcrop.refactor.view.View;

/**
 * What a planner is given.
 *
 * @param view the image; {@link View#layers()} are the layers it comes from
 * @param contents reads files of the image
 * @param maxLayers how many groups there may be, the top one among them; at least 1
 * @param entries what is to be grouped, which is the whole image unless another planner has taken
 *     something already; the names of a file are all among these or none is. What is not among them
 *     may be looked at, and belongs into no group
 */
public record PlanRequest(View view, FileContents contents, int maxLayers, EntrySet entries) {

  /**
   * @throws IllegalArgumentException if no layer is allowed, or there is no such entry
   */
  public PlanRequest {
    if (maxLayers < 1) {
      throw new IllegalArgumentException("maxLayers: " + maxLayers + " (expected: >= 1)");
    }
    if (entries.end() > view.size()) {
      throw new IllegalArgumentException(
          "entry: " + (entries.end() - 1) + " (expected: < " + view.size() + ")");
    }
  }

  /**
   * Asks for a plan of a whole image.
   *
   * @throws IllegalArgumentException if no layer is allowed
   */
  public PlanRequest(View view, FileContents contents, int maxLayers) {
    this(view, contents, maxLayers, EntrySet.all(view.size()));
  }
}
