package io.outcrop.refactor.plan.epoch;

import io.outcrop.refactor.model.ContentHash;
import io.outcrop.refactor.plan.EntrySet;
import io.outcrop.refactor.plan.Group;
import io.outcrop.refactor.plan.Plan;
import io.outcrop.refactor.plan.PlanRequest;
import io.outcrop.refactor.plan.Planner;
import io.outcrop.refactor.view.TreeDigest;
import io.outcrop.refactor.view.View;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Layers images by an epoch: of the bundles an image holds whole, each is a layer, in the order of
 * the epoch's stacks. What no bundle takes goes to another planner, if it is worth it.
 *
 * <p>Images of the corpus keep to the epoch's number of layers, whatever the other planner would
 * make of the rest; nobody else has that, but later versions of the same image. For other images
 * the request's number holds. Immutable, 8 bytes an entry of the epoch.
 */
public final class EpochPlanner implements Planner {

  /** Where a manifest names the epoch it was made with. */
  public static final String ANNOTATION = "io.outcrop.refactor.epoch";

  /** What is left for the other planner at least, by default: 1 MiB. */
  public static final long DEFAULT_LEAST_REST = 1 << 20;

  private final EpochDocument epoch;
  private final Planner fallback;
  private final long leastRest;
  private final KeyIndex index;

  /** Gives the fallback whatever is left, from {@link #DEFAULT_LEAST_REST} on. */
  public EpochPlanner(EpochDocument epoch, Planner fallback) {
    this(epoch, fallback, DEFAULT_LEAST_REST);
  }

  /**
   * @param fallback plans what no bundle takes
   * @param leastRest bytes of content that have to be left for that; less is private. With {@link
   *     Long#MAX_VALUE}, all that is left of an image is private, unless it holds no bundle
   */
  public EpochPlanner(EpochDocument epoch, Planner fallback, long leastRest) {
    this.epoch = epoch;
    this.fallback = fallback;
    this.leastRest = leastRest;
    this.index = new KeyIndex(epoch.classes());
  }

  @Override
  public String policy() {
    return "epoch-1;plan="
        + epoch.digest()
        + ";rest="
        + leastRest
        + ";fallback=("
        + fallback.policy()
        + ")";
  }

  @Override
  public Plan plan(PlanRequest request) throws IOException {
    HeldBundles held = new HeldBundles(request.view(), request.entries(), epoch, index);
    int most = Math.min(request.maxLayers(), epoch.options().maxLayers()) - 1;
    List<Group> shared = new ArrayList<>();
    BitSet rest = new BitSet();
    request.entries().stream().forEach(rest::set);
    for (int bundle : StackChoice.order(epoch, held)) {
      Group group = held.group(bundle).orElseThrow();
      // Bundles may have entries in common.
      if (shared.size() < most && group.entries().allMatch(rest::get)) {
        shared.add(group);
        group.entries().forEach(rest::clear);
      }
    }
    if (shared.isEmpty()) {
      return annotated(fallback.plan(request), List.of());
    }
    int left = maxLayers(request) - shared.size();
    if (left < 2 || bytes(request.view(), rest) < leastRest) {
      Group top = new Group("private", rest.stream().toArray());
      return annotated(new Plan(List.of(), top, Map.of()), shared);
    }
    return annotated(
        fallback.plan(new PlanRequest(request.view(), request.contents(), left, EntrySet.of(rest))),
        shared);
  }

  private int maxLayers(PlanRequest request) {
    ContentHash tree = TreeDigest.of(request.view());
    return Collections.binarySearch(epoch.images(), tree) < 0
        ? request.maxLayers()
        : Math.min(request.maxLayers(), epoch.options().maxLayers());
  }

  private static long bytes(View view, BitSet entries) {
    return entries.stream().mapToLong(view::storedLength).sum();
  }

  private Plan annotated(Plan rest, List<Group> below) {
    List<Group> shared = new ArrayList<>(below);
    shared.addAll(rest.shared());
    Map<String, String> annotations = new HashMap<>(rest.annotations());
    annotations.put(ANNOTATION, epoch.digest().toString());
    return new Plan(shared, rest.top(), annotations);
  }
}
