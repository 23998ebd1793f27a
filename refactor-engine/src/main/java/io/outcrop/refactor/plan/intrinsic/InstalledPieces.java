package io.outcrop.refactor.plan.intrinsic;

import io.outcrop.refactor.plan.intrinsic.Draft.Kind;
import io.outcrop.refactor.view.View;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Puts what was installed into layers: large components into their own, small ones into bundles.
 */
final class InstalledPieces {

  private static final int LEAST_OF_A_BIN = 2;
  private static final String DOCUMENTATION = " documentation";

  /** What of a component is together, if it is too small for a layer. */
  private record Small(String name, int origin, Kind kind, long bytes, int[] entries) {}

  /** Where small ones are together. */
  private record Place(int origin, Kind kind) {}

  private final View view;
  private final Claims claims;
  private final IntrinsicOptions options;
  private final Drafts drafts;
  private final List<Small> smalls = new ArrayList<>();
  private final Map<Place, Long> bytesOfSmalls = new HashMap<>();
  private final int[] counts;

  private InstalledPieces(View view, Claims claims, IntrinsicOptions options, Drafts drafts) {
    this.view = view;
    this.claims = claims;
    this.options = options;
    this.drafts = drafts;
    this.counts = new int[view.layers().size()];
  }

  static void put(View view, Claims claims, IntrinsicOptions options, Drafts drafts) {
    InstalledPieces pieces = new InstalledPieces(view, claims, options, drafts);
    pieces.putComponents();
    pieces.smalls.forEach(pieces::putSmall);
  }

  private void putComponents() {
    Members members =
        Members.of(
            claims.components(),
            view.size(),
            entry -> drafts.isWanted(entry) ? claims.owner(entry) : Members.NONE);
    for (int owner = 0; owner < claims.components(); owner++) {
      int[] entries = members.of(owner);
      if (entries.length > 0) {
        Component component = claims.component(owner);
        if (component.ecosystem().isSystem()) {
          put(component, "", Kind.PACKAGES, documentation(entries, false));
          put(component, DOCUMENTATION, Kind.DOCUMENTATION, documentation(entries, true));
        } else {
          put(component, "", Kind.LIBRARIES, entries);
        }
      }
    }
  }

  private int[] documentation(int[] entries, boolean wanted) {
    return IntStream.of(entries)
        .filter(entry -> Documentation.contains(view.path(entry).text()) == wanted)
        .toArray();
  }

  private void put(Component component, String part, Kind kind, int[] entries) {
    if (entries.length == 0) {
      return;
    }
    long bytes = IntStream.of(entries).mapToLong(view::storedLength).sum();
    int origin = origin(entries);
    if (bytes >= options.threshold()) {
      int draft = drafts.add(Draft.of(origin, component + part));
      IntStream.of(entries).forEach(entry -> drafts.put(entry, draft));
    } else {
      smalls.add(new Small(component.name(), origin, kind, bytes, entries));
      bytesOfSmalls.merge(new Place(origin, kind), bytes, Long::sum);
    }
  }

  /** The source layer that most entries are from; of several, the lowest. */
  private int origin(int[] entries) {
    for (int entry : entries) {
      counts[view.layer(entry)]++;
    }
    int best = view.layer(entries[0]);
    for (int entry : entries) {
      int layer = view.layer(entry);
      if (counts[layer] > counts[best] || (counts[layer] == counts[best] && layer < best)) {
        best = layer;
      }
    }
    for (int entry : entries) {
      counts[view.layer(entry)] = 0;
    }
    return best;
  }

  private void putSmall(Small small) {
    long bytes = bytesOfSmalls.getOrDefault(new Place(small.origin(), small.kind()), 0L);
    int bins = small.kind() == Kind.LIBRARIES ? 1 : bins(bytes);
    // As the number is a power of two, twice as many bins are each one of them cut in two.
    int bin = Fnv1a.hash(small.name()) & (bins - 1);
    int draft = drafts.bundle(small.origin(), small.kind(), bin);
    IntStream.of(small.entries()).forEach(entry -> drafts.put(entry, draft));
  }

  /** As many bins, a power of two, as are on average twice the threshold. */
  private int bins(long bytes) {
    int bins = 1;
    while (bins * 2 <= options.bins() && bytes >= options.threshold() * bins * LEAST_OF_A_BIN) {
      bins *= 2;
    }
    return bins;
  }
}
