package io.outcrop.refactor.plan.epoch;

import io.outcrop.refactor.plan.FileContents;
import io.outcrop.refactor.plan.Group;
import io.outcrop.refactor.plan.GroupKey;
import io.outcrop.refactor.plan.Plan;
import io.outcrop.refactor.plan.PlanCheck;
import io.outcrop.refactor.plan.PlanRequest;
import io.outcrop.refactor.plan.Planner;
import io.outcrop.refactor.view.View;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Plans images, and counts what their layers take. */
final class LayerCount {

  static final FileContents NO_CONTENTS =
      (_, _) -> {
        throw new IOException("no contents");
      };

  private final Planner planner;
  private final Map<GroupKey, Long> layers = new HashMap<>();
  private final Map<List<GroupKey>, Long> chains = new HashMap<>();

  LayerCount(Planner planner) {
    this.planner = planner;
  }

  /** Plans an image, and checks the plan. */
  Plan add(View view, int maxLayers) throws IOException {
    PlanRequest request = new PlanRequest(view, NO_CONTENTS, maxLayers);
    Plan plan = planner.plan(request);
    PlanCheck.check(request, plan);
    List<GroupKey> chain = new ArrayList<>();
    List<Group> groups = new ArrayList<>(plan.shared());
    groups.add(plan.top());
    for (Group group : groups) {
      long bytes = group.entries().mapToLong(view::storedLength).sum();
      chain.add(GroupKey.of(view, group));
      layers.put(chain.getLast(), bytes);
      chains.put(List.copyOf(chain), bytes);
    }
    return plan;
  }

  /** The bytes of different layers. */
  long stored() {
    return layers.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The bytes of layers, once for each layer and all below it. */
  long stack() {
    return chains.values().stream().mapToLong(Long::longValue).sum();
  }
}
