package io.outcrop.refactor.plan.intrinsic;

import io.outcrop.refactor.plan.EntrySet;
import io.outcrop.refactor.plan.Group;
import io.outcrop.refactor.plan.intrinsic.Draft.Kind;
import io.outcrop.refactor.view.View;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The layers to be of an image, and what is in each; the private one has what is in none. */
final class Drafts {

  /** The number of the private layer. */
  static final int PRIVATE = -1;

  private record Bundle(int origin, Kind kind, int bin) {}

  private final View view;
  private final EntrySet wanted;
  private final List<Draft> drafts = new ArrayList<>();
  private final Map<Bundle, Integer> bundles = new HashMap<>();
  // By the first name of a file; its other names follow it.
  private final int[] draftOf;

  /**
   * @param wanted what is to be in layers; the rest is in none
   */
  Drafts(View view, EntrySet wanted) {
    this.view = view;
    this.wanted = wanted;
    this.draftOf = new int[view.size()];
    Arrays.fill(draftOf, PRIVATE);
  }

  /** Adds a layer; returns its number. */
  int add(Draft draft) {
    drafts.add(draft);
    return drafts.size() - 1;
  }

  /** The number of a bundle, which is added if need be. */
  int bundle(int origin, Kind kind, int bin) {
    return bundles.computeIfAbsent(
        new Bundle(origin, kind, bin), _ -> add(Draft.bundle(origin, kind, bin)));
  }

  /** Puts a file into a layer; more names of a file are ignored. */
  void put(int entry, int draft) {
    if (!view.isHardLink(entry)) {
      draftOf[entry] = draft;
      drafts.get(draft).add(entry, view.length(entry));
    }
  }

  /** Whether an entry is to be in a layer. */
  boolean isWanted(int entry) {
    return wanted.contains(entry);
  }

  boolean isPrivate(int entry) {
    return draftOf[entry] == PRIVATE;
  }

  int size() {
    return drafts.size();
  }

  Draft get(int draft) {
    return drafts.get(draft);
  }

  /**
   * The layers, bottom first, and the private one at the end.
   *
   * @param targets where the content of each layer goes: to itself, another one, or {@link
   *     #PRIVATE}
   */
  List<Group> groups(int[] targets) {
    int[] order =
        IntStream.range(0, drafts.size())
            .filter(draft -> targets[draft] == draft)
            .boxed()
            .sorted((one, other) -> drafts.get(one).compareTo(drafts.get(other)))
            .mapToInt(Integer::intValue)
            .toArray();
    int[] places = new int[drafts.size()];
    for (int place = 0; place < order.length; place++) {
      places[order[place]] = place;
    }
    Members members =
        Members.of(
            order.length + 1,
            view.size(),
            entry -> {
              if (!wanted.contains(entry)) {
                return Members.NONE;
              }
              int draft = draftOf[view.firstName(entry)];
              int target = draft == PRIVATE ? PRIVATE : targets[draft];
              return target == PRIVATE ? order.length : places[target];
            });
    List<Group> groups = new ArrayList<>();
    for (int place = 0; place < order.length; place++) {
      groups.add(new Group(drafts.get(order[place]).title(), members.of(place)));
    }
    groups.add(new Group("private", members.of(order.length)));
    return groups;
  }
}
