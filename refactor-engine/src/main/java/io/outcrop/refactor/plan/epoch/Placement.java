package io.outcrop.refactor.plan.epoch;

/**
 * A place of a bundle in the stacks of images.
 *
 * @param below the placement right below it; {@link #BOTTOM} if there is none
 * @param bundle the number of the bundle
 */
public record Placement(int below, int bundle) {

  /** Stands for what is below the lowest bundle. */
  public static final int BOTTOM = -1;
}
