package io.outcrop.refactor.view;

import io.outcrop.refactor.scan.LayerIndex;
import java.util.List;

/** Finds which entries of a view are names of the same file. */
final class HardLinks {

  private HardLinks() {}

  /** The smallest entry with the same file, by entry; empty if no file has two names. */
  static int[] firstNames(List<LayerIndex> layers, int[] layerOf, int[] rowOf) {
    // By layer and file, one more than the first entry seen. Files are numbered densely.
    int[][] seen = new int[layers.size()][];
    int[] firstNames = new int[rowOf.length];
    boolean linked = false;
    for (int entry = 0; entry < rowOf.length; entry++) {
      LayerIndex layer = layers.get(layerOf[entry]);
      int[] ofLayer = seen[layerOf[entry]];
      if (ofLayer == null) {
        ofLayer = new int[layer.files()];
        seen[layerOf[entry]] = ofLayer;
      }
      int file = layer.file(rowOf[entry]);
      if (ofLayer[file] == 0) {
        ofLayer[file] = entry + 1;
      } else {
        linked = true;
      }
      firstNames[entry] = ofLayer[file] - 1;
    }
    return linked ? firstNames : new int[0];
  }
}
