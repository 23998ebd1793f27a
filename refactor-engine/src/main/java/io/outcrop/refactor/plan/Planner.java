package io.outcrop.refactor.plan;

import java.io.IOException;

/**
 * Decides how an image is layered. A pure function of what it is given and of its own policy: the
 * same image and policy make the same plan wherever and whenever. Thread-safe.
 */
public interface Planner {

  /**
   * The rule as a short text without spaces, such as {@code intrinsic-1;threshold=1048576}: equal
   * texts make equal plans. It is published with the image.
   */
  String policy();

  /**
   * Groups the entries of an image into layers.
   *
   * @throws io.outcrop.refactor.model.RefusedException if the image is left as it is
   * @throws IOException if content cannot be read, or the work is cancelled
   */
  Plan plan(PlanRequest request) throws IOException;
}
