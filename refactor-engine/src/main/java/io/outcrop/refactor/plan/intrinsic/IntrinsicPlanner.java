package io.outcrop.refactor.plan.intrinsic;

import io.outcrop.refactor.plan.Group;
import io.outcrop.refactor.plan.Plan;
import io.outcrop.refactor.plan.PlanRequest;
import io.outcrop.refactor.plan.Planner;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * A layer for each installed package over a threshold, for each big file and each big directory
 * that no package brought; bundles of the small ones; and the rest on top. Nothing but the image
 * itself decides, so the same package makes the same layer in every image. Immutable.
 */
public final class IntrinsicPlanner implements Planner {

  /** The annotation that tells of a threshold which was raised for an image with many packages. */
  public static final String THRESHOLD_ANNOTATION = "io.outcrop.refactor.threshold";

  private final IntrinsicOptions options;

  /**
   * @param options how fine it cuts
   */
  public IntrinsicPlanner(IntrinsicOptions options) {
    this.options = options;
  }

  @Override
  public String policy() {
    return "intrinsic-1;threshold="
        + options.threshold()
        + ";bigFile="
        + options.bigFile()
        + ";bins="
        + options.bins();
  }

  @Override
  public Plan plan(PlanRequest request) throws IOException {
    Claims claims = ComponentFinder.find(request.view(), request.contents());
    long threshold = options.threshold();
    List<Group> groups = Grouping.group(request.view(), claims, options, threshold);
    // Ends: nothing is left but the private layer once the threshold is far above the whole.
    while (groups.size() > request.maxLayers()) {
      threshold *= 2;
      groups = Grouping.group(request.view(), claims, options, threshold);
    }
    return new Plan(
        groups.subList(0, groups.size() - 1),
        groups.getLast(),
        threshold == options.threshold()
            ? Map.of()
            : Map.of(THRESHOLD_ANNOTATION, Long.toString(threshold)));
  }
}
