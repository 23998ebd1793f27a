package io.outcrop.refactor.plan;

import io.outcrop.refactor.view.View;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Holds planners to their contract, so that a mistake of one is found before anything is built. */
public final class PlanCheck {

  private static final int NOWHERE = -1;

  private PlanCheck() {}

  /**
   * Checks a plan.
   *
   * @throws IllegalStateException if an entry is in no group or in two, or in one without being
   *     asked for, names of a file are in different groups, a directory is not in the top group, a
   *     shared group is empty, or there are too many groups
   */
  public static void check(PlanRequest request, Plan plan) {
    View view = request.view();
    List<Group> groups = new ArrayList<>(plan.shared());
    groups.add(plan.top());
    if (groups.size() > request.maxLayers()) {
      throw new IllegalStateException(
          "groups: " + groups.size() + " (expected: <= " + request.maxLayers() + ")");
    }
    int[] groupOf = groupOf(view, groups);
    int top = groups.size() - 1;
    for (int entry = 0; entry < view.size(); entry++) {
      int group = groupOf[entry];
      if (!request.entries().contains(entry)) {
        if (group != NOWHERE) {
          throw new IllegalStateException(
              view.path(entry) + " is in " + groups.get(group) + " (expected: in no group)");
        }
        continue;
      }
      if (group == NOWHERE) {
        throw new IllegalStateException(view.path(entry) + " is in no group");
      }
      if (view.isDirectory(entry) && group != top) {
        throw new IllegalStateException(
            view.path(entry) + " is a directory in " + groups.get(group) + " (expected: on top)");
      }
      if (groupOf[view.firstName(entry)] != group) {
        throw new IllegalStateException(
            view.path(entry) + " and " + view.path(view.firstName(entry)) + " are in two groups");
      }
    }
  }

  private static int[] groupOf(View view, List<Group> groups) {
    int[] groupOf = new int[view.size()];
    Arrays.fill(groupOf, NOWHERE);
    for (int group = 0; group < groups.size(); group++) {
      Group checked = groups.get(group);
      if (checked.size() == 0 && group < groups.size() - 1) {
        throw new IllegalStateException(checked + " is empty");
      }
      for (int position = 0; position < checked.size(); position++) {
        int entry = checked.entry(position);
        if (entry < 0 || entry >= groupOf.length) {
          throw new IllegalStateException(
              checked + " has entry " + entry + " of " + groupOf.length);
        }
        if (groupOf[entry] != NOWHERE) {
          throw new IllegalStateException(view.path(entry) + " is in two groups");
        }
        groupOf[entry] = group;
      }
    }
    return groupOf;
  }
}
