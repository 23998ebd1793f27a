package io.outcrop.refactor.report;

import io.outcrop.oci.Descriptor;
import io.outcrop.refactor.compress.Compression;
import io.outcrop.refactor.compress.Packing;
import io.outcrop.refactor.plan.Group;
import io.outcrop.refactor.scan.LayerIndex;
import io.outcrop.refactor.view.View;
import java.util.List;

/**
 * Estimates how large groups of an image would be as layers, by how well the layers they come from
 * are compressed: nothing is read. Sums over an image come near the truth; a single layer may be
 * off by much, as programs, texts and archives of one layer compress differently.
 */
public final class PackedSizes {

  /**
   * What a header adds to a compressed layer: nearly all of it is zeros, or like the one before.
   */
  private static final int HEADER_BYTES = 90;

  /**
   * What is left of content whose compressed size nobody knows: a usual ratio of root file systems.
   */
  private static final double UNKNOWN_RATIO = 0.4;

  /** Zstandard to gzip, each at its usual level, on root file systems of Debian. */
  private static final double ZSTD_TO_GZIP = 0.9;

  private static final double LEAST_RATIO = 0.005;
  private static final double MOST_RATIO = 1.01;

  private final View view;
  private final double[] ratios;

  /**
   * @param view the image
   * @param layers its layers as the manifest names them, bottom first
   * @param packing how the new layers are to be compressed
   */
  public PackedSizes(View view, List<Descriptor> layers, Packing packing) {
    this.view = view;
    this.ratios = new double[layers.size()];
    for (int layer = 0; layer < ratios.length; layer++) {
      ratios[layer] = ratio(view.layers().get(layer), layers.get(layer).size(), packing);
    }
  }

  private static double ratio(LayerIndex layer, long packedBytes, Packing packing) {
    long content = 0;
    for (int row = 0; row < layer.size(); row++) {
      // Names of one file are counted each; so few that it does no harm.
      content += layer.isWhiteout(row) ? 0 : layer.length(row);
    }
    double own =
        layer.compression() == Compression.NONE || content == 0
            ? UNKNOWN_RATIO
            : (packedBytes - (double) HEADER_BYTES * layer.size()) / content;
    double change = weight(packing.compression()) / weight(layer.compression());
    return Math.clamp(own * change, LEAST_RATIO, MOST_RATIO);
  }

  private static double weight(Compression compression) {
    return compression == Compression.ZSTD ? ZSTD_TO_GZIP : 1;
  }

  /** About how many bytes a group would have as a layer. */
  public long estimate(Group group) {
    double bytes = 0;
    for (int position = 0; position < group.size(); position++) {
      int entry = group.entry(position);
      bytes += HEADER_BYTES + view.storedLength(entry) * ratios[view.layer(entry)];
    }
    return Math.round(bytes);
  }
}
