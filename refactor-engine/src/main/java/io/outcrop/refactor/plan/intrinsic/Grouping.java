package io.outcrop.refactor.plan.intrinsic;

import io.outcrop.refactor.model.ContentHash;
import io.outcrop.refactor.model.EntryType;
import io.outcrop.refactor.plan.Group;
import io.outcrop.refactor.plan.intrinsic.Draft.Kind;
import io.outcrop.refactor.view.View;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Layers of an image for one threshold. */
final class Grouping {

  private static final int PRIVATE = -1;
  // A bundle of packages smaller than this part of the threshold is not worth a layer.
  private static final int SMALLEST_BUNDLE_PART = 16;

  private record Bundle(int origin, Kind kind, int bin) {}

  private final View view;
  private final Claims claims;
  private final IntrinsicOptions options;
  private final long threshold;
  private final List<Draft> drafts = new ArrayList<>();
  private final Map<Bundle, Integer> bundles = new HashMap<>();
  private final int[] draftOf;

  private Grouping(View view, Claims claims, IntrinsicOptions options, long threshold) {
    this.view = view;
    this.claims = claims;
    this.options = options;
    this.threshold = threshold;
    this.draftOf = new int[view.size()];
    Arrays.fill(draftOf, PRIVATE);
  }

  /** The groups, bottom first, and the private one at the end. */
  static List<Group> group(View view, Claims claims, IntrinsicOptions options, long threshold) {
    Grouping grouping = new Grouping(view, claims, options, threshold);
    grouping.putComponents();
    grouping.putLoose();
    return grouping.groups();
  }

  private int draft(Draft draft) {
    drafts.add(draft);
    return drafts.size() - 1;
  }

  private int bundle(int origin, Kind kind, int bin) {
    return bundles.computeIfAbsent(
        new Bundle(origin, kind, bin), _ -> draft(Draft.bundle(origin, kind, bin)));
  }

  private void put(int entry, int draft) {
    draftOf[entry] = draft;
    drafts.get(draft).add(entry, view.length(entry));
  }

  private void putComponents() {
    Members members = Members.of(claims.components(), view.size(), claims::owner);
    int[] counts = new int[view.layers().size()];
    for (int owner = 0; owner < claims.components(); owner++) {
      if (members.count(owner) > 0) {
        putComponent(claims.component(owner), members.of(owner), counts);
      }
    }
  }

  private void putComponent(Component component, int[] entries, int[] counts) {
    long bytes = 0;
    for (int entry : entries) {
      bytes += view.storedLength(entry);
      counts[view.layer(entry)]++;
    }
    int origin = mostFrequent(entries, counts);
    int draft =
        bytes >= threshold
            ? draft(new Draft(origin, Kind.COMPONENT, component))
            : component.ecosystem().isSystem()
                ? bundle(origin, Kind.PACKAGES, bin(component.name()))
                : bundle(origin, Kind.LIBRARIES, 0);
    for (int entry : entries) {
      counts[view.layer(entry)] = 0;
      if (!view.isHardLink(entry)) {
        put(entry, draft);
      }
    }
  }

  private int mostFrequent(int[] entries, int[] counts) {
    int best = view.layer(entries[0]);
    for (int entry : entries) {
      int layer = view.layer(entry);
      if (counts[layer] > counts[best] || (counts[layer] == counts[best] && layer < best)) {
        best = layer;
      }
    }
    return best;
  }

  private int bin(String name) {
    return Math.floorMod(Fnv1a.hash(name), options.bins());
  }

  private void putLoose() {
    Members byLayer =
        Members.of(
            view.layers().size(),
            view.size(),
            entry ->
                view.isDirectory(entry)
                        || view.isHardLink(entry)
                        || claims.owner(entry) != Claims.NOBODY
                    ? -1
                    : view.layer(entry));
    Subtrees subtrees = new Subtrees(view, threshold);
    Map<ContentHash, Integer> big = new HashMap<>();
    for (int layer = 0; layer < view.layers().size(); layer++) {
      int origin = layer;
      int[] loose = byLayer.of(layer);
      for (int entry : loose) {
        if (claims.isVolatile(entry)) {
          put(entry, bundle(origin, Kind.STATE, 0));
        } else if (isBig(entry)) {
          put(entry, big.computeIfAbsent(view.content(entry), hash -> bigFile(origin, hash)));
        }
      }
      int[] rest = IntStream.of(loose).filter(entry -> draftOf[entry] == PRIVATE).toArray();
      int[] cut = subtrees.cut(rest, directory -> tree(origin, directory));
      for (int i = 0; i < rest.length; i++) {
        put(rest[i], cut[i] >= 0 ? cut[i] : bundle(origin, Kind.REST, 0));
      }
    }
  }

  private boolean isBig(int entry) {
    return view.type(entry) == EntryType.REGULAR
        && view.length(entry) >= Math.max(options.bigFile(), threshold);
  }

  private int bigFile(int origin, ContentHash hash) {
    Component component = Component.of(Ecosystem.FILE, hash.digest().hex(), "", "");
    return draft(new Draft(origin, Kind.COMPONENT, component));
  }

  private int tree(int origin, int directory) {
    Component component = Component.of(Ecosystem.TREE, view.path(directory).toString(), "", "");
    return draft(new Draft(origin, Kind.COMPONENT, component));
  }

  /** Where a draft goes if it is too small: libraries to the rest, all else to the private one. */
  private int target(int draft) {
    if (draft == PRIVATE) {
      return PRIVATE;
    }
    Draft small = drafts.get(draft);
    return switch (small.kind) {
      case COMPONENT -> draft;
      case PACKAGES -> small.bytes >= threshold / SMALLEST_BUNDLE_PART ? draft : PRIVATE;
      case LIBRARIES, REST, STATE -> small.bytes >= threshold ? draft : PRIVATE;
    };
  }

  private void mergeSmallLibraries() {
    int[] targets = new int[drafts.size()];
    Arrays.setAll(targets, draft -> draft);
    for (Map.Entry<Bundle, Integer> bundle : Map.copyOf(bundles).entrySet()) {
      Draft libraries = drafts.get(bundle.getValue());
      if (libraries.kind == Kind.LIBRARIES && libraries.bytes < threshold) {
        targets[bundle.getValue()] = bundle(libraries.origin, Kind.REST, 0);
      }
    }
    for (int entry = 0; entry < draftOf.length; entry++) {
      if (draftOf[entry] != PRIVATE && targets[draftOf[entry]] != draftOf[entry]) {
        put(entry, targets[draftOf[entry]]);
      }
    }
  }

  private List<Group> groups() {
    mergeSmallLibraries();
    int[] numbers =
        IntStream.range(0, drafts.size())
            .filter(draft -> target(draft) == draft)
            .boxed()
            .sorted((one, other) -> drafts.get(one).compareTo(drafts.get(other)))
            .mapToInt(Integer::intValue)
            .toArray();
    int[] places = new int[drafts.size()];
    Arrays.fill(places, numbers.length);
    for (int place = 0; place < numbers.length; place++) {
      places[numbers[place]] = place;
    }
    Members members =
        Members.of(
            numbers.length + 1,
            view.size(),
            entry -> {
              int draft = draftOf[view.firstName(entry)];
              return draft == PRIVATE ? numbers.length : places[draft];
            });
    List<Group> groups = new ArrayList<>();
    for (int place = 0; place < numbers.length; place++) {
      groups.add(new Group(drafts.get(numbers[place]).title(), members.of(place)));
    }
    groups.add(new Group("private", members.of(numbers.length)));
    return groups;
  }
}
