package io.outcrop.refactor.view;

import io.outcrop.refactor.model.ContentHash;
import io.outcrop.refactor.model.FilePath;
import io.outcrop.refactor.scan.LayerIndex;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Folds layers from the top down: the first to bring a path has it, and what it hides below is
 * remembered as gravestones. Shares nothing with {@link Fold} but the reading of a layer, so that
 * each is a check of the other.
 */
public final class ReverseFold {

  /** A row of a layer. */
  private record Place(int layer, int row) {}

  private final List<LayerIndex> layers;
  // All sets are of what lower layers may no longer bring.
  private final Map<FilePath, Place> found = new TreeMap<>();
  // Directories that only higher layers without a word on their metadata have had so far.
  private final Map<FilePath, Place> unstated = new HashMap<>();
  // Hidden with everything below.
  private final Set<FilePath> hidden = new HashSet<>();
  // Hidden below, but not themselves.
  private final Set<FilePath> hiddenBelow = new HashSet<>();

  private ReverseFold(List<LayerIndex> layers) {
    this.layers = layers;
  }

  /** The hash of the view of some layers, bottom first, as {@link TreeDigest#of} has it. */
  public static ContentHash treeDigest(List<LayerIndex> layers) {
    return TreeDigest.of(view(layers));
  }

  static View view(List<LayerIndex> layers) {
    ReverseFold fold = new ReverseFold(List.copyOf(layers));
    for (int layer = layers.size() - 1; layer >= 0; layer--) {
      fold.apply(layer);
    }
    return fold.view();
  }

  private void apply(int layer) {
    LayerIndex index = layers.get(layer);
    List<FilePath> hides = new ArrayList<>();
    List<FilePath> hidesBelow = new ArrayList<>();
    for (int row = 0; row < index.size(); row++) {
      FilePath path = index.path(row);
      if (index.isWhiteout(row)) {
        hides.add(path);
      } else if (!isHidden(path)) {
        bring(path, layer, row);
        if (index.isOpaque(row)) {
          hidesBelow.add(path);
        }
      }
      if (!index.isWhiteout(row) && !index.isDirectory(row)) {
        hidesBelow.add(path);
      }
    }
    if (index.isRootOpaque()) {
      hidesBelow.add(FilePath.ROOT);
    }
    hidden.addAll(hides);
    hiddenBelow.addAll(hidesBelow);
  }

  private void bring(FilePath path, int layer, int row) {
    LayerIndex index = layers.get(layer);
    Place place = new Place(layer, row);
    boolean directory = index.isDirectory(row);
    if (!found.containsKey(path)) {
      found.put(path, place);
      if (index.isImplicit(row)) {
        unstated.put(path, place);
      }
    } else if (unstated.containsKey(path)) {
      // A lower layer says what a directory is that higher ones only put something into.
      if (!directory) {
        unstated.remove(path);
      } else if (index.isImplicit(row)) {
        unstated.put(path, place);
        found.put(path, place);
      } else {
        found.put(path, place);
        unstated.remove(path);
      }
    }
    if (!directory) {
      unstated.remove(path);
    }
  }

  private boolean isHidden(FilePath path) {
    if (hidden.contains(path)) {
      return true;
    }
    FilePath at = path;
    while (!at.isRoot()) {
      at = at.parent();
      if (hidden.contains(at) || hiddenBelow.contains(at)) {
        return true;
      }
    }
    return false;
  }

  private View view() {
    Collection<Place> places = found.values();
    int[] layerOf = places.stream().mapToInt(Place::layer).toArray();
    int[] rowOf = places.stream().mapToInt(Place::row).toArray();
    int[] parentOf = new int[layerOf.length];
    Map<FilePath, Integer> entryOf = new HashMap<>();
    int entry = 0;
    for (FilePath path : found.keySet()) {
      parentOf[entry] = path.parent().isRoot() ? -1 : entryOf.getOrDefault(path.parent(), -1);
      entryOf.put(path, entry++);
    }
    return new View(layers, layerOf, rowOf, parentOf, false, List.of());
  }
}
