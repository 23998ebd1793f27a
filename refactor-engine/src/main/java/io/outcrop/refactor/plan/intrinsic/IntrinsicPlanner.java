package io.outcrop.refactor.plan.intrinsic;

import io.outcrop.refactor.plan.Group;
import io.outcrop.refactor.plan.Plan;
import io.outcrop.refactor.plan.PlanRequest;
import io.outcrop.refactor.plan.Planner;
import io.outcrop.refactor.view.View;
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
    View view = request.view();
    Claims claims = ComponentFinder.find(view, request.contents());
    Drafts drafts = new Drafts(view, request.entries());
    InstalledPieces.put(view, claims, options, drafts);
    LoosePieces.put(view, claims, options, drafts);
    LayerBudget budget =
        new LayerBudget(drafts, view.layers().size(), options.threshold(), request.maxLayers() - 1);
    List<Group> groups = budget.groups();
    return new Plan(
        groups.subList(0, groups.size() - 1),
        groups.getLast(),
        budget.rungs().isEmpty() ? Map.of() : Map.of(THRESHOLD_ANNOTATION, budget.rungs()));
  }
}
