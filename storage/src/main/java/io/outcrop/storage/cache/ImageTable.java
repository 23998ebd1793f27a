package io.outcrop.storage.cache;

import io.outcrop.oci.Digest;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which images content belongs to, and which of them are here as a whole. Bounded in images and in
 * their layers; the images not used for longest are forgotten first.
 */
final class ImageTable {

  /**
   * An image of more layers is not looked at: runtimes refuse it, as overlay mounts are limited.
   */
  static final int MOST_LAYERS = 512;

  private static final float LOAD_FACTOR = 0.75f;

  private final StackArcOptions.Images options;
  private final DigestTable<Layer> layers = new DigestTable<>();
  // In order of use, eldest first.
  private final LinkedHashMap<Digest, Image> images = new LinkedHashMap<>(16, LOAD_FACTOR, true);
  private int memberships;

  ImageTable(StackArcOptions.Images options) {
    this.options = options;
  }

  int size() {
    return images.size();
  }

  int memberships() {
    return memberships;
  }

  /**
   * Learns of an image, unless it is known.
   *
   * @param content what it is made of
   * @param resident tells content that is here
   * @param gone tells content that had to leave
   */
  void learn(
      Digest manifest,
      Collection<Digest> content,
      Predicate<Digest> resident,
      Predicate<Digest> gone) {
    if (images.get(manifest) != null) {
      return;
    }
    Collection<Digest> distinct = new LinkedHashSet<>(content);
    if (distinct.isEmpty() || distinct.size() > MOST_LAYERS) {
      return;
    }
    while (!images.isEmpty()
        && (images.size() >= options.most()
            || memberships + distinct.size() > options.mostLayers())) {
      forget(images.firstEntry().getKey());
    }
    List<Layer> members =
        distinct.stream().map(digest -> layer(digest, resident.test(digest))).toList();
    Image image = new Image(members.toArray(Layer[]::new));
    image.missing = (int) members.stream().filter(layer -> !layer.resident).count();
    image.broken = members.stream().anyMatch(layer -> !layer.resident && gone.test(layer.digest));
    images.put(manifest, image);
    memberships += members.size();
    for (Layer layer : image.layers) {
      layer.add(image);
    }
  }

  void forget(Digest manifest) {
    Image image = images.remove(manifest);
    if (image == null) {
      return;
    }
    memberships -= image.layers.length;
    for (Layer layer : image.layers) {
      layer.remove(image);
      if (layer.isOfNoImage()) {
        layers.remove(layer.digest);
      }
    }
  }

  /** Notes a use; an image that is not known is ignored. */
  void used(Digest manifest) {
    Image image = images.get(manifest);
    if (image != null) {
      // What it lacks will be asked for now, if it is needed at all.
      become(image, image.missing, false);
    }
  }

  void arrived(Digest content) {
    Layer layer = layers.get(content);
    if (layer == null || layer.resident) {
      return;
    }
    layer.resident = true;
    for (int i = 0; i < layer.count; i++) {
      Image image = layer.image(i);
      become(image, image.missing - 1, image.broken && image.missing > 1);
    }
  }

  /**
   * @param evicted whether it had to leave, rather than having been lost
   */
  void left(Digest content, boolean evicted) {
    Layer layer = layers.get(content);
    if (layer == null || !layer.resident) {
      return;
    }
    layer.resident = false;
    for (int i = 0; i < layer.count; i++) {
      Image image = layer.image(i);
      become(image, image.missing + 1, image.broken || evicted);
    }
  }

  StackState state(Digest content) {
    Layer layer = layers.get(content);
    return layer == null ? StackState.NONE : layer.state();
  }

  private Layer layer(Digest digest, boolean resident) {
    Layer known = layers.get(digest);
    if (known != null) {
      return known;
    }
    Layer layer = new Layer(digest, resident);
    layers.add(layer);
    return layer;
  }

  private void become(Image image, int missing, boolean broken) {
    boolean wasWhole = image.isWhole();
    int brokenMore = (broken ? 1 : 0) - (image.broken ? 1 : 0);
    image.missing = missing;
    image.broken = broken;
    int wholeMore = (image.isWhole() ? 1 : 0) - (wasWhole ? 1 : 0);
    if (wholeMore == 0 && brokenMore == 0) {
      return;
    }
    for (Layer layer : image.layers) {
      layer.whole += wholeMore;
      layer.broken += brokenMore;
    }
  }

  private static final class Image {
    final Layer[] layers;
    int missing;
    // Whether it lacks what had to leave, rather than what has not come yet.
    boolean broken;

    Image(Layer[] layers) {
      this.layers = layers;
    }

    boolean isWhole() {
      return missing == 0;
    }
  }

  private static final class Layer extends DigestTable.Keyed {
    // Most layers are of one image only.
    private @Nullable Image[] images = new @Nullable Image[1];
    int count;
    boolean resident;
    // Of its images, those that are here as a whole, and those that lack what had to leave.
    int whole;
    int broken;

    Layer(Digest digest, boolean resident) {
      super(digest);
      this.resident = resident;
    }

    Image image(int at) {
      return Objects.requireNonNull(images[at]);
    }

    void add(Image image) {
      if (count == images.length) {
        images = Arrays.copyOf(images, 2 * count);
      }
      images[count++] = image;
      whole += image.isWhole() ? 1 : 0;
      broken += image.broken ? 1 : 0;
    }

    void remove(Image image) {
      int at = Arrays.asList(images).indexOf(image);
      images[at] = images[--count];
      images[count] = null;
      if (count < images.length / 4) {
        images = Arrays.copyOf(images, images.length / 2);
      }
      whole -= image.isWhole() ? 1 : 0;
      broken -= image.broken ? 1 : 0;
    }

    boolean isOfNoImage() {
      return count == 0;
    }

    StackState state() {
      if (whole > 0) {
        return StackState.COMPLETE;
      }
      return broken == count ? StackState.BROKEN : StackState.PARTIAL;
    }
  }
}
