package io.outcrop.refactor.verify;

import io.outcrop.refactor.model.ContentHash;
import io.outcrop.refactor.model.Reason;
import io.outcrop.refactor.model.RefusedException;
import io.outcrop.refactor.scan.LayerIndex;
import io.outcrop.refactor.view.Fold;
import io.outcrop.refactor.view.TreeDigest;
import io.outcrop.refactor.view.View;
import java.util.List;

/**
 * Checks new layers, as they were read back, against the image they are to make: the same root file
 * system, of layers that stand by themselves and in any order below the top one.
 */
public final class LayeringCheck {

  private LayeringCheck() {}

  /**
   * Checks that a layer reads back as it was written.
   *
   * @throws RefusedException if it does not
   */
  public static void checkDiffId(ContentHash written, LayerIndex read) throws RefusedException {
    if (!read.diffId().equals(written)) {
      throw failed("a layer " + read.diffId() + " (expected: " + written + ")");
    }
  }

  /**
   * Checks the layers of a refactored image.
   *
   * @param layers as they were scanned, bottom first
   * @param source the view of the source image
   * @param treeDigest the hash of that view
   * @throws RefusedException if anything is not as it has to be
   */
  public static void check(List<LayerIndex> layers, View source, ContentHash treeDigest)
      throws RefusedException {
    int files = 0;
    for (LayerIndex layer : layers) {
      files += checkLayer(layer);
    }
    View view = Fold.fold(layers);
    if (!view.ambiguities().isEmpty()) {
      throw failed("layers that engines would not agree on: " + view.ambiguities());
    }
    ContentHash actual = TreeDigest.of(view);
    if (!actual.equals(treeDigest)) {
      throw failed("a root file system " + actual + " (expected: " + treeDigest + ")");
    }
    int directories = directories(source);
    if (files != source.size() - directories) {
      throw failed(
          files + " files in layers (expected: each once, " + (source.size() - directories) + ")");
    }
    int stated = directories(layers.getLast());
    if (stated != directories) {
      throw failed(stated + " directories on top (expected: all " + directories + ")");
    }
  }

  /** Checks that a layer hides nothing and leaves nothing to the engine; counts its files. */
  private static int checkLayer(LayerIndex layer) throws RefusedException {
    if (!layer.ambiguities().isEmpty()) {
      throw failed("a layer that engines would not agree on: " + layer.ambiguities());
    }
    if (layer.isRootOpaque()) {
      throw failed("a layer that hides the root");
    }
    int files = 0;
    for (int row = 0; row < layer.size(); row++) {
      if (layer.isWhiteout(row) || layer.isOpaque(row)) {
        throw failed("a layer where " + layer.path(row) + " hides what is below");
      }
      if (layer.isImplicit(row)) {
        throw failed("a layer that does not state the directory " + layer.path(row));
      }
      files += layer.isDirectory(row) ? 0 : 1;
    }
    return files;
  }

  private static int directories(View view) {
    int directories = 0;
    for (int entry = 0; entry < view.size(); entry++) {
      directories += view.isDirectory(entry) ? 1 : 0;
    }
    return directories;
  }

  private static int directories(LayerIndex layer) {
    int directories = 0;
    for (int row = 0; row < layer.size(); row++) {
      directories += layer.isDirectory(row) ? 1 : 0;
    }
    return directories;
  }

  private static RefusedException failed(String what) {
    return new RefusedException(Reason.VERIFICATION_FAILED, "the new layers make " + what);
  }
}
