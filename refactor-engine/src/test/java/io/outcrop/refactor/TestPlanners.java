package io.outcrop.refactor;

import io.outcrop.refactor.plan.Group;
import io.outcrop.refactor.plan.Plan;
import io.outcrop.refactor.plan.PlanRequest;
import io.outcrop.refactor.plan.Planner;
import io.outcrop.refactor.view.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;

/** Planners simple enough to see through. */
public final class TestPlanners {

  private TestPlanners() {}

  /** Everything in the private layer. */
  public static Planner allPrivate() {
    return planner(
        "all-private",
        request ->
            new Plan(List.of(), new Group("all", request.entries().stream().toArray()), Map.of()));
  }

  /** Files spread over so many groups, if the image may have as many, by their path. */
  public static Planner scattered(int groups) {
    return planner(
        "scattered-" + groups,
        request -> {
          int all = Math.min(groups + 1, request.maxLayers());
          return spread(
              request, entry -> Math.floorMod(request.view().path(entry).hashCode(), all) - 1);
        });
  }

  /** Files by the first component of their path. */
  public static Planner byTop() {
    return planner(
        "by-top",
        request -> {
          View view = request.view();
          Map<String, Integer> tops = new TreeMap<>();
          return spread(
              request,
              entry -> {
                String path = view.path(entry).toString();
                int slash = path.indexOf('/');
                return slash < 0
                    ? -1
                    : tops.computeIfAbsent(path.substring(0, slash), _ -> tops.size());
              });
        });
  }

  /** Groups numbered from 0 as told by the first name of each file; -1 is the private layer. */
  private static Plan spread(PlanRequest request, IntUnaryOperator groupOf) {
    View view = request.view();
    Map<Integer, List<Integer>> members = new TreeMap<>();
    List<Integer> top = new ArrayList<>();
    for (int entry : request.entries().stream().toArray()) {
      int group = view.isDirectory(entry) ? -1 : groupOf.applyAsInt(view.firstName(entry));
      if (group < 0) {
        top.add(entry);
      } else {
        members.computeIfAbsent(group, _ -> new ArrayList<>()).add(entry);
      }
    }
    List<Group> shared = new ArrayList<>();
    members.forEach((group, entries) -> shared.add(new Group("group " + group, array(entries))));
    return new Plan(shared, new Group("private", array(top)), Map.of());
  }

  private static int[] array(List<Integer> entries) {
    return entries.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Plans. */
  public interface Rule {
    Plan plan(PlanRequest request);
  }

  public static Planner planner(String policy, Rule rule) {
    return new Planner() {
      @Override
      public String policy() {
        return policy;
      }

      @Override
      public Plan plan(PlanRequest request) {
        return rule.plan(request);
      }
    };
  }
}
