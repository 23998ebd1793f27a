package io.outcrop.refactor.plan.epoch;

import io.outcrop.oci.Digest;
import io.outcrop.refactor.model.ContentHash;
import java.util.List;

/**
 * What was learned from a corpus of images: which bundles of entries they share, and in which order
 * bundles lie in stacks. The same corpus makes the same document, byte for byte, in whatever order
 * its images come. Immutable.
 */
public final class EpochDocument {

  /** More images are not planned for at once: their tree is built in the square of them. */
  public static final int MOST_IMAGES = 1000;

  static final int MOST_CLASSES = 1 << 14;

  /** How many entries bundles have together: each is hashed for an image that holds its bundle. */
  private static final long MOST_MEMBERS = 32_000_000;

  static final int MOST_PLACEMENTS = MOST_IMAGES * 2 * EpochOptions.HIGHEST_LAYERS;

  private final EpochOptions options;
  private final List<ContentHash> images;
  private final List<EntryKeys> classes;
  private final List<Bundle> bundles;
  private final List<Placement> placements;
  private final byte[] bytes;
  private final Digest digest;

  /**
   * @param options what it was made with
   * @param images the hashes of the root file systems it was learned from, ascending
   * @param classes sets of entries that the same images hold
   * @param bundles what these make
   * @param placements where bundles lie
   * @throws IllegalArgumentException if one refers to what is not there, or there are too many
   */
  EpochDocument(
      EpochOptions options,
      List<ContentHash> images,
      List<EntryKeys> classes,
      List<Bundle> bundles,
      List<Placement> placements) {
    this.options = options;
    this.images = List.copyOf(images);
    this.classes = List.copyOf(classes);
    this.bundles = List.copyOf(bundles);
    this.placements = List.copyOf(placements);
    check();
    this.bytes = EpochCodec.write(this);
    this.digest = Digest.sha256(bytes);
  }

  private void check() {
    check("images", images.size(), MOST_IMAGES);
    check("classes", classes.size(), MOST_CLASSES);
    check("placements", placements.size(), MOST_PLACEMENTS);
    check("bundles", bundles.size(), placements.size());
    for (int image = 1; image < images.size(); image++) {
      if (images.get(image - 1).compareTo(images.get(image)) >= 0) {
        throw new IllegalArgumentException("image " + image + " does not ascend");
      }
    }
    long members = 0;
    for (Bundle bundle : bundles) {
      check("class of a bundle", bundle.classes().getLast(), classes.size() - 1);
      members += bundle.classes().stream().mapToLong(number -> classes.get(number).size()).sum();
    }
    if (members > MOST_MEMBERS) {
      throw new IllegalArgumentException(
          "entries of bundles: " + members + " (expected: <= " + MOST_MEMBERS + ")");
    }
    for (int number = 0; number < placements.size(); number++) {
      Placement placement = placements.get(number);
      check("bundle of a placement", placement.bundle(), bundles.size() - 1);
      if (placement.below() < Placement.BOTTOM || placement.below() >= number) {
        throw new IllegalArgumentException(
            "placement below "
                + number
                + ": "
                + placement.below()
                + " (expected: < "
                + number
                + ")");
      }
    }
  }

  private static void check(String what, int value, int highest) {
    if (value < 0 || value > highest) {
      throw new IllegalArgumentException(what + ": " + value + " (expected: 0.." + highest + ")");
    }
  }

  /**
   * Reads a document, whoever wrote it.
   *
   * @throws InvalidEpochException if it is none, or not exactly as {@link #toByteArray} writes it
   */
  public static EpochDocument parse(byte[] bytes) throws InvalidEpochException {
    return EpochCodec.read(bytes);
  }

  /** A copy of the bytes to publish. */
  public byte[] toByteArray() {
    return bytes.clone();
  }

  /** How many bytes the document has. */
  public int length() {
    return bytes.length;
  }

  /** The name of the document: the SHA-256 of its bytes. */
  public Digest digest() {
    return digest;
  }

  /** What it was made with. */
  public EpochOptions options() {
    return options;
  }

  /** The hashes of the root file systems it was learned from, ascending. */
  public List<ContentHash> images() {
    return images;
  }

  /** The sets of entries that bundles consist of. */
  public List<EntryKeys> classes() {
    return classes;
  }

  /** The layers that images can share. */
  public List<Bundle> bundles() {
    return bundles;
  }

  /** Where bundles lie in stacks; each after what is below it. */
  public List<Placement> placements() {
    return placements;
  }

  @Override
  public String toString() {
    return "epoch " + digest + " of " + images.size() + " images, " + bundles.size() + " bundles";
  }
}
