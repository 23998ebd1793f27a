package io.outcrop.refactor.view;

import io.outcrop.refactor.model.Ambiguity;
import io.outcrop.refactor.model.FilePath;
import io.outcrop.refactor.model.Reason;
import io.outcrop.refactor.scan.LayerIndex;
import io.outcrop.refactor.scan.NameTree;
import java.util.ArrayList;
import java.util.List;

/** Folds layers into a view, bottom up. */
public final class Fold {

  /*
   * An engine unpacks each layer into an empty directory and lays it over the ones below (overlayfs).
   * So, per layer: first what it hides disappears from the view of the lower layers; then its entries
   * take their places, a directory over a directory keeping what is in it, anything else replacing
   * all that is there. Symbolic links of lower layers are never followed. Where the specification,
   * which has each layer unpacked on top of the others, comes to another result, this is noted.
   */

  private static final int AMBIGUITIES_KEPT = 8;

  private final List<LayerIndex> layers;
  private final MergedTree tree;
  private final List<Ambiguity> ambiguities = new ArrayList<>();
  private boolean implicitDirectories;

  private Fold(List<LayerIndex> layers) {
    this.layers = layers;
    this.tree = new MergedTree(layers);
  }

  /**
   * The view of some layers.
   *
   * @param layers bottom first
   */
  public static View fold(List<LayerIndex> layers) {
    Fold fold = new Fold(List.copyOf(layers));
    for (int layer = 0; layer < layers.size(); layer++) {
      fold.apply(layer);
    }
    return fold.tree.view(fold.implicitDirectories, fold.ambiguities);
  }

  private void apply(int layer) {
    LayerIndex index = layers.get(layer);
    index.ambiguities().forEach(this::ambiguous);
    if (index.isRootOpaque()) {
      tree.clear(NameTree.ROOT);
    }
    int[] places = new int[index.size()];
    for (int row = 0; row < places.length; row++) {
      int parent = index.parent(row);
      places[row] = tree.place(parent < 0 ? NameTree.ROOT : places[parent], layer, row);
    }
    hide(index, places);
    for (int row = 0; row < places.length; row++) {
      if (!index.isWhiteout(row)) {
        put(index, layer, row, places[row]);
      }
    }
  }

  private void hide(LayerIndex index, int[] places) {
    for (int row = 0; row < places.length; row++) {
      if (index.isWhiteout(row)) {
        checkDirectoryOfWhiteout(index, row, places);
      }
    }
    for (int row = 0; row < places.length; row++) {
      if (index.isWhiteout(row)) {
        tree.remove(places[row]);
      } else if (index.isOpaque(row)) {
        tree.clear(places[row]);
      }
    }
  }

  /** Some engines make the missing directory, some ignore the whiteout, some fail. */
  private void checkDirectoryOfWhiteout(LayerIndex index, int row, int[] places) {
    int parent = index.parent(row);
    if (parent >= 0 && index.isImplicit(parent) && !tree.isDirectory(places[parent])) {
      ambiguous(
          Reason.WHITEOUT_WITHOUT_DIRECTORY, index.path(row), "is hidden, but not its directory");
    }
  }

  private void put(LayerIndex index, int layer, int row, int place) {
    if (!index.isImplicit(row)) {
      if (index.isReplacing(row) && tree.isDirectory(place)) {
        // The file before it has taken all with it, but not in an overlay.
        ambiguous(
            Reason.DUPLICATE_ENTRY,
            index.path(row),
            "is a file, then a directory, over a directory below");
      }
      tree.put(place, layer, row);
      return;
    }
    implicitDirectories = true;
    if (!tree.isPresent(place)) {
      tree.put(place, layer, row);
    } else if (!tree.isDirectory(place)) {
      // Following a symbolic link here is what the specification asks for, and no overlay does.
      ambiguous(
          Reason.PARENT_NOT_A_DIRECTORY,
          index.path(row),
          "is not a directory, but a layer above puts something into it");
      tree.put(place, layer, row);
    }
  }

  private void ambiguous(Reason reason, FilePath path, String what) {
    ambiguous(new Ambiguity(reason, path + " " + what));
  }

  private void ambiguous(Ambiguity ambiguity) {
    if (ambiguities.size() < AMBIGUITIES_KEPT) {
      ambiguities.add(ambiguity);
    }
  }
}
