package io.outcrop.refactor.report;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a set of images costs.
 *
 * @param images how many there are
 * @param stored bytes of all different layers: what a registry stores, and a node downloads that
 *     runs all of them
 * @param stack bytes of layers, once for each different stack under them: what such a node unpacks,
 *     told in compressed bytes
 * @param layers all layers of all images
 * @param mostLayers of one image
 */
public record Totals(int images, long stored, long stack, int layers, int mostLayers) {

  /** Adds up. */
  public static Totals of(List<ImageStrata> images) {
    Set<String> blobs = new HashSet<>();
    Set<List<String>> chains = new HashSet<>();
    long stored = 0;
    long stack = 0;
    int layers = 0;
    int most = 0;
    for (ImageStrata image : images) {
      List<List<String>> own = image.chains();
      for (int i = 0; i < own.size(); i++) {
        Stratum stratum = image.strata().get(i);
        stored += blobs.add(stratum.blob()) ? stratum.bytes() : 0;
        stack += chains.add(own.get(i)) ? stratum.bytes() : 0;
      }
      layers += own.size();
      most = Math.max(most, own.size());
    }
    return new Totals(images.size(), stored, stack, layers, most);
  }

  /** Layers of an image on average; 0 of no image. */
  public double meanLayers() {
    return images == 0 ? 0 : (double) layers / images;
  }
}
