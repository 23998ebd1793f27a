package io.outcrop.refactor.plan.intrinsic;

import io.outcrop.refactor.plan.Group;
import io.outcrop.refactor.plan.intrinsic.Draft.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Decides which drafts are worth a layer, and puts some together while there are too many.
 *
 * <p>What is put together is shared only as a whole. So it begins at the top, with the source
 * layers that the fewest images have, and leaves those at the bottom as they are in other images.
 */
final class LayerBudget {

  // A bundle of packages smaller than this part of the threshold is not worth a layer.
  private static final int SMALLEST_BUNDLE_PART = 16;

  private static final List<Kind> BUNDLES =
      List.of(Kind.MERGED, Kind.PACKAGES, Kind.DOCUMENTATION, Kind.REST);

  private final Drafts drafts;
  private final long threshold;
  private final int maxShared;
  // By source layer, the draft that takes what is put together.
  private final int[] merged;
  // By draft, the one that its content goes to: itself, another one or the private one.
  private final int[] targets;
  private final List<String> rungs = new ArrayList<>();

  /**
   * @param maxShared how many layers there may be besides the private one
   */
  LayerBudget(Drafts drafts, int sourceLayers, long threshold, int maxShared) {
    this.drafts = drafts;
    this.threshold = threshold;
    this.maxShared = maxShared;
    for (int layer = 0; layer < sourceLayers; layer++) {
      for (Kind kind : BUNDLES) {
        drafts.bundle(layer, kind, 0);
      }
    }
    this.merged =
        IntStream.range(0, sourceLayers)
            .map(layer -> drafts.bundle(layer, Kind.MERGED, 0))
            .toArray();
    this.targets = IntStream.range(0, drafts.size()).toArray();
  }

  /** The layers, bottom first, and the private one at the end. */
  List<Group> groups() {
    dropSmall();
    for (int layer = merged.length - 1; layer >= 0 && count() > maxShared; layer--) {
      mergeParts(layer, Kind.DOCUMENTATION);
      mergeParts(layer, Kind.PACKAGES);
    }
    for (int layer = merged.length - 1; layer >= 0 && count() > maxShared; layer--) {
      mergeComponents(layer);
      if (count() > maxShared) {
        merge(layer, merged[layer], _ -> true);
        rungs.add((layer + 1) + ":whole");
      }
    }
    for (int layer = merged.length - 1; layer >= 0 && count() > maxShared; layer--) {
      if (isLayer(merged[layer])) {
        targets[merged[layer]] = Drafts.PRIVATE;
        rungs.add((layer + 1) + ":private");
      }
    }
    return drafts.groups(IntStream.range(0, targets.length).map(this::target).toArray());
  }

  /** What was put together: {@code SOURCE-LAYER:THRESHOLD} from the top, with commas between. */
  String rungs() {
    return String.join(",", rungs);
  }

  private int target(int draft) {
    int at = draft;
    while (at != Drafts.PRIVATE && targets[at] != at) {
      at = targets[at];
    }
    return at;
  }

  private int count() {
    return (int) IntStream.range(0, targets.length).filter(this::isLayer).count();
  }

  private boolean isLayer(int draft) {
    return targets[draft] == draft;
  }

  private void dropSmall() {
    long[] rest = new long[merged.length];
    for (int draft = 0; draft < targets.length; draft++) {
      Draft small = drafts.get(draft);
      if (small.kind() == Kind.LIBRARIES && small.bytes() < threshold) {
        targets[draft] = drafts.bundle(small.origin(), Kind.REST, 0);
        rest[small.origin()] += small.bytes();
      }
    }
    for (int draft = 0; draft < targets.length; draft++) {
      Draft small = drafts.get(draft);
      boolean dropped =
          switch (small.kind()) {
            case COMPONENT, LIBRARIES -> false;
            case PACKAGES, DOCUMENTATION -> small.bytes() < threshold / SMALLEST_BUNDLE_PART;
            case REST -> small.bytes() + rest[small.origin()] < threshold;
            case STATE -> small.bytes() < threshold;
            // Until something is put together.
            case MERGED -> true;
          };
      if (dropped) {
        targets[draft] = Drafts.PRIVATE;
      }
    }
  }

  /** Puts the parts of a bundle together. */
  private void mergeParts(int layer, Kind kind) {
    if (has(layer, draft -> drafts.get(draft).kind() == kind)) {
      merge(layer, drafts.bundle(layer, kind, 0), draft -> drafts.get(draft).kind() == kind);
    }
  }

  private void mergeComponents(int layer) {
    long limit = threshold;
    while (count() > maxShared && has(layer, draft -> drafts.get(draft).kind() == Kind.COMPONENT)) {
      limit *= 2;
      long below = limit;
      merge(
          layer,
          merged[layer],
          draft -> drafts.get(draft).kind() == Kind.COMPONENT && drafts.get(draft).bytes() < below);
    }
    if (limit > threshold && count() <= maxShared) {
      rungs.add((layer + 1) + ":" + limit);
    }
  }

  private boolean has(int layer, IntPredicate which) {
    return IntStream.range(0, targets.length)
        .anyMatch(draft -> isMember(draft, layer) && which.test(draft));
  }

  private boolean isMember(int draft, int layer) {
    return isLayer(draft) && drafts.get(draft).origin() == layer;
  }

  private void merge(int layer, int into, IntPredicate which) {
    int[] members =
        IntStream.range(0, targets.length)
            .filter(draft -> draft != into && isMember(draft, layer) && which.test(draft))
            .toArray();
    for (int draft : members) {
      targets[draft] = into;
      drafts.get(into).addAll(drafts.get(draft));
    }
    if (members.length > 0) {
      targets[into] = into;
    }
  }
}
