package io.outcrop.refactor.plan.epoch;

import io.outcrop.refactor.model.ContentHash;
import io.outcrop.refactor.view.View;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Learns an epoch from a corpus of images.
 *
 * <p>Holds one view at a time, and of the corpus 30 to 60 bytes for each different file, and the
 * square of the number of images, 16 bytes each: some 30 MB for half a million files of a hundred
 * images.
 */
public final class EpochBuilder {

  /*
   * Files that the same images hold make a class. A class that is a layer is stored once, so that
   * with every class a layer, nothing is stored twice. What is left to choose is the order, as a
   * runtime unpacks a layer once for each different stack of layers beneath it.
   *
   * Stacks that begin alike are a tree, with images as its leaves: at a node lies what all images
   * below hold and not all below its parent. All bytes unpacked are those of the images, less what
   * the images below each node have in common, for each node once. So the best order is that of the
   * best tree, and no layering by whole classes, nor by parts of them, unpacks less. A class may lie
   * at several nodes, at another depth in each: one order for all images would unpack more.
   * Clustering and Grafting look for the tree. Strata says what lies where, Thinning makes fewer
   * layers of it. Only thinning stores something twice.
   *
   * Images are numbered by the hashes of their root file systems, classes by their images, and of
   * equal choices the first is taken, so that the order of the corpus makes no difference.
   */

  private final Corpus corpus;
  private final EpochOptions options;
  private final SharingClasses classes = new SharingClasses();
  // By what it is, the first of the corpus.
  private final Map<ImageIdentity, Integer> images = new LinkedHashMap<>();

  private EpochBuilder(Corpus corpus, EpochOptions options) {
    this.corpus = corpus;
    this.options = options;
  }

  /**
   * Builds an epoch.
   *
   * @throws IllegalArgumentException if there are more than {@link EpochDocument#MOST_IMAGES}
   * @throws IOException if an image cannot be read, or is another one the second time
   */
  public static EpochDocument build(Corpus corpus, EpochOptions options) throws IOException {
    if (corpus.size() > EpochDocument.MOST_IMAGES) {
      throw new IllegalArgumentException(
          "images: " + corpus.size() + " (expected: <= " + EpochDocument.MOST_IMAGES + ")");
    }
    return new EpochBuilder(corpus, options).build();
  }

  private EpochDocument build() throws IOException {
    for (int image = 0; image < corpus.size(); image++) {
      View view = corpus.view(image);
      if (images.putIfAbsent(ImageIdentity.of(view), image) == null) {
        classes.add(images.size() - 1, view, Units.of(view));
      }
    }
    List<ImageIdentity> sorted = images.keySet().stream().sorted().toList();
    if (sorted.isEmpty()) {
      return new EpochDocument(options, List.of(), List.of(), List.of(), List.of());
    }
    int[] ranks = images.keySet().stream().mapToInt(image -> rank(sorted, image)).toArray();
    List<SharingClass> shared = classes.shared(ranks, EpochDocument.MOST_CLASSES);
    ImageTree tree = Clustering.tree(sorted.size(), shared);
    Grafting.improve(tree);
    Strata strata = new Strata(tree, options.threshold());
    Thinning.thin(strata, options.layerPrice(), options.maxLayers());
    return document(sorted, shared, Stacks.of(strata));
  }

  private static int rank(List<ImageIdentity> sorted, ImageIdentity image) {
    return Collections.binarySearch(sorted, image);
  }

  private EpochDocument document(
      List<ImageIdentity> sorted, List<SharingClass> shared, Stacks stacks) throws IOException {
    UsedClasses used = new UsedClasses(shared, stacks.bundles(), classes);
    BundleDescriptions descriptions = new BundleDescriptions(stacks.bundles(), shared, used);
    for (Map.Entry<ImageIdentity, Integer> image : images.entrySet()) {
      if (!descriptions.isComplete()) {
        View view = corpus.view(image.getValue());
        descriptions.describe(rank(sorted, image.getKey()), view, Units.of(view), classes);
      }
    }
    List<ContentHash> trees = sorted.stream().map(ImageIdentity::tree).distinct().toList();
    return new EpochDocument(
        options, trees, used.keys(), descriptions.bundles(), stacks.placements());
  }
}
