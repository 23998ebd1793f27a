package io.outcrop.storage.cache;

import io.outcrop.oci.Digest;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
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

  private final StackArcOptions.Stacks options;
  private final Consumer<Digest> changed;
  private final DigestTable<Layer> layers = new DigestTable<>();
  // In order of use, eldest first.
  private final LinkedHashMap<Digest, Image> images = new LinkedHashMap<>(16, LOAD_FACTOR, true);
  private int memberships;

  /**
   * @param changed told of content that stands differently in its images than before
   */
  ImageTable(StackArcOptions.Stacks options, Consumer<Digest> changed) {
    this.options = options;
    this.changed = changed;
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
        && (images.size() >= options.mostImages()
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
      changed.accept(layer.digest);
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
      changed.accept(layer.digest);
    }
  }

  /** Notes a use; what the image is made of, or nothing if it is not known. */
  List<Digest> used(Digest manifest, long nowMillis) {
    Image image = images.get(manifest);
    if (image == null) {
      return List.of();
    }
    image.used(nowMillis, options);
    // What it lacks will be asked for now, if it is needed at all.
    become(image, image.missing, false);
    if (image.isWhole()) {
      for (Layer layer : image.layers) {
        layer.hotUntilMillis = Math.max(layer.hotUntilMillis, image.hotUntilMillis);
      }
    }
    return Arrays.stream(image.layers).map(layer -> layer.digest).toList();
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

  /** Whether an image that content belongs to is here as a whole. */
  boolean makesWhole(Digest content) {
    Layer layer = layers.get(content);
    return layer != null && layer.whole > 0;
  }

  StackState state(Digest content, long nowMillis) {
    Layer layer = layers.get(content);
    if (layer == null) {
      return StackState.NONE;
    }
    StackState state = layer.state();
    return state == StackState.COMPLETE && nowMillis < layer.hotUntilMillis
        ? StackState.HOT
        : state;
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
      StackState before = layer.state();
      layer.whole += wholeMore;
      layer.broken += brokenMore;
      if (wholeMore > 0) {
        layer.hotUntilMillis = Math.max(layer.hotUntilMillis, image.hotUntilMillis);
      } else if (wholeMore < 0) {
        layer.loses(image);
      }
      if (layer.state() != before) {
        changed.accept(layer.digest);
      }
    }
  }

  private static final class Image {
    final Layer[] layers;
    int missing;
    // Whether it lacks what had to leave, rather than what has not come yet.
    boolean broken;
    double uses;
    long usesAtMillis;
    long hotUntilMillis;

    Image(Layer[] layers) {
      this.layers = layers;
    }

    boolean isWhole() {
      return missing == 0;
    }

    void used(long nowMillis, StackArcOptions.Stacks options) {
      double halfLifeMillis = Math.max(1, options.hotHalfLife().toMillis());
      double past = Math.max(0, nowMillis - usesAtMillis);
      uses = uses * Math.pow(2, -past / halfLifeMillis) + 1;
      usesAtMillis = nowMillis;
      // When what its uses decay to is no longer enough.
      double hotMillis = halfLifeMillis * Math.log(uses / options.hotUses()) / Math.log(2);
      hotUntilMillis = nowMillis + (long) Math.max(0, hotMillis);
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
    // Until when one of those that are here as a whole is hot.
    long hotUntilMillis;

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
      loses(image);
    }

    boolean isOfNoImage() {
      return count == 0;
    }

    /** But for whether it is hot, which changes with time. */
    StackState state() {
      if (whole > 0) {
        return StackState.COMPLETE;
      }
      return broken == count ? StackState.BROKEN : StackState.PARTIAL;
    }

    /** An image is no longer here as a whole, or not known any more. */
    void loses(Image image) {
      // If it was not the one that made it hot for longest, nothing changes.
      if (hotUntilMillis > 0 && image.hotUntilMillis == hotUntilMillis) {
        hotUntilMillis = 0;
        for (int i = 0; i < count; i++) {
          Image other = image(i);
          if (other != image && other.isWhole()) {
            hotUntilMillis = Math.max(hotUntilMillis, other.hotUntilMillis);
          }
        }
      }
    }
  }
}
