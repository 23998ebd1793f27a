package io.outcrop.refactor.plan.epoch;

import io.outcrop.refactor.plan.Group;
import io.outcrop.refactor.plan.GroupKey;
import io.outcrop.refactor.plan.Plan;
import io.outcrop.refactor.view.View;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * What it costs, and what it brings, to layer an image by another plan than before, such as that of
 * a newer epoch. Bytes are of content, unpacked.
 *
 * @param pulledAgain bytes that a node which has the image pulls, to have it in its new form
 * @param savedEachPull bytes that a node saves which has the image not, but all others; negative if
 *     it pulls more than before
 * @param layersBefore how many layers the image had
 * @param layersAfter how many it will have
 */
public record Adoption(long pulledAgain, long savedEachPull, int layersBefore, int layersAfter) {

  /**
   * Compares two plans of an image.
   *
   * @param sharedBefore which layers other images have that nodes run, as these are layered now
   * @param sharedAfter the same, as they will be layered then
   */
  public static Adoption of(
      View view,
      Plan before,
      Plan after,
      Predicate<GroupKey> sharedBefore,
      Predicate<GroupKey> sharedAfter) {
    Map<GroupKey, Long> old = layers(view, before);
    Map<GroupKey, Long> young = layers(view, after);
    return new Adoption(
        bytes(young, key -> !old.containsKey(key)),
        bytes(old, sharedBefore.negate()) - bytes(young, sharedAfter.negate()),
        old.size(),
        young.size());
  }

  private static Map<GroupKey, Long> layers(View view, Plan plan) {
    Map<GroupKey, Long> layers = new LinkedHashMap<>();
    plan.shared().forEach(group -> put(view, group, layers));
    put(view, plan.top(), layers);
    return layers;
  }

  private static void put(View view, Group group, Map<GroupKey, Long> layers) {
    layers.put(GroupKey.of(view, group), group.entries().mapToLong(view::storedLength).sum());
  }

  private static long bytes(Map<GroupKey, Long> layers, Predicate<GroupKey> which) {
    return layers.entrySet().stream()
        .filter(layer -> which.test(layer.getKey()))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /**
   * The bytes gained in all; negative if it costs more than it brings.
   *
   * @param nodes how many have the image now and will want its new form
   * @param pulls how often a node without the image will pull it
   */
  public long gain(long nodes, long pulls) {
    return savedEachPull * pulls - pulledAgain * nodes;
  }

  /** From how many pulls on it pays; empty if it never does. */
  public OptionalLong paysFrom(long nodes) {
    long cost = pulledAgain * nodes;
    if (cost == 0) {
      return OptionalLong.of(0);
    }
    return savedEachPull <= 0
        ? OptionalLong.empty()
        : OptionalLong.of((cost + savedEachPull - 1) / savedEachPull);
  }
}
