package io.outcrop.refactor.report;

import io.outcrop.refactor.scan.LayerIndex;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is in a layer, in short.
 *
 * @param entries how many there are, and removals
 * @param removals those that hide something of the layers below
 * @param bytes content, unpacked
 * @param largest the directories, of one or two levels, with the most content, the largest first
 */
public record LayerContents(int entries, int removals, long bytes, List<Directory> largest) {

  private static final int MOST = 3;
  private static final int LEVELS = 2;

  /**
   * A directory.
   *
   * @param path where it is
   * @param bytes of content below it in this layer
   */
  public record Directory(String path, long bytes) {}

  /** Copies what is mutable. */
  public LayerContents {
    largest = List.copyOf(largest);
  }

  /** Sums up a layer. */
  public static LayerContents of(LayerIndex layer) {
    int[] depths = new int[layer.size()];
    int[] tops = new int[layer.size()];
    Map<Integer, Long> sums = new HashMap<>();
    int removals = layer.isRootOpaque() ? 1 : 0;
    long bytes = 0;
    for (int row = 0; row < layer.size(); row++) {
      int parent = layer.parent(row);
      depths[row] = parent < 0 ? 1 : depths[parent] + 1;
      boolean directory = !layer.isWhiteout(row) && layer.isDirectory(row);
      // The deepest directory above it, or itself, that is on one of the levels told of.
      tops[row] = directory && depths[row] <= LEVELS ? row : parent < 0 ? -1 : tops[parent];
      removals += layer.isWhiteout(row) || layer.isOpaque(row) ? 1 : 0;
      if (!layer.isWhiteout(row)) {
        bytes += layer.length(row);
        sums.merge(tops[row], layer.length(row), Long::sum);
      }
    }
    return new LayerContents(layer.size(), removals, bytes, largest(layer, sums));
  }

  private static List<Directory> largest(LayerIndex layer, Map<Integer, Long> sums) {
    return sums.entrySet().stream()
        .filter(sum -> sum.getKey() >= 0 && sum.getValue() > 0)
        .map(sum -> new Directory("/" + layer.path(sum.getKey()), sum.getValue()))
        .sorted(
            Comparator.comparingLong(Directory::bytes).reversed().thenComparing(Directory::path))
        .limit(MOST)
        .toList();
  }
}
