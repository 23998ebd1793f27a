package io.outcrop.refactor.layout;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.refactor.Annotations;
import io.outcrop.storage.layout.LayoutIndex;
import io.outcrop.storage.layout.LayoutReader;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The images that the index of a layout lists. Immutable. */
public final class LayoutImages {

  private final List<LayoutImage> all;

  private LayoutImages(List<LayoutImage> all) {
    this.all = all;
  }

  /** Those of an index, in its order. */
  public static LayoutImages of(LayoutIndex index) {
    Map<String, Integer> uses = new HashMap<>();
    index
        .entries()
        .forEach(entry -> name(entry).ifPresent(name -> uses.merge(name, 1, Math::addExact)));
    return new LayoutImages(
        index.entries().stream()
            .map(entry -> image(entry, name(entry).filter(name -> uses.getOrDefault(name, 0) == 1)))
            .toList());
  }

  private static LayoutImage image(Descriptor entry, Optional<String> name) {
    return new LayoutImage(
        name.or(() -> Optional.ofNullable(entry.annotations().get(LayoutIndex.IMAGE_NAME)))
            .orElse(entry.digest().toString()),
        name,
        entry);
  }

  private static Optional<String> name(Descriptor entry) {
    return Optional.ofNullable(entry.annotations().get(LayoutIndex.REFERENCE_NAME));
  }

  /** All entries. */
  public List<LayoutImage> all() {
    return all;
  }

  /** Those that were not made of others. */
  public List<LayoutImage> originals() {
    return all.stream().filter(image -> !image.isRefactored()).toList();
  }

  /**
   * The image of a name: the reference name, the full name that containerd and Docker write, or the
   * digest of the entry.
   */
  public Optional<LayoutImage> find(String name) {
    return all.stream()
        .filter(image -> image.name().equals(Optional.of(name)))
        .findFirst()
        .or(() ->
            all.stream()
                .filter(image ->
                    name.equals(image.entry().annotations().get(LayoutIndex.IMAGE_NAME))
                        || Digest.tryParse(name).equals(Optional.of(image.entry().digest())))
                .findFirst());
  }

  /** What was made of an image last, if it is listed. */
  public Optional<LayoutImage> refactored(LayoutImage original) {
    return all.stream()
        .filter(image -> image.name().equals(original.refactoredName()))
        .filter(image -> isMadeOf(image, original.entry().digest()))
        .findFirst();
  }

  /** What an image was made of, if it is listed. */
  public Optional<LayoutImage> original(LayoutImage refactored) {
    return originals().stream()
        .filter(image -> isMadeOf(refactored, image.entry().digest()))
        .findFirst();
  }

  /**
   * What an image was made of, by its digest alone: the manifest can be there without any entry.
   *
   * @param layout of which this lists the images
   */
  public Optional<LayoutImage> unlistedOriginal(LayoutImage refactored, LayoutReader layout)
      throws IOException {
    Optional<Digest> source =
        Digest.tryParse(refactored.entry().annotations().getOrDefault(Annotations.SOURCE, ""));
    if (source.isEmpty()) {
      return Optional.empty();
    }
    OptionalLong size = layout.size(source.get());
    return size.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new LayoutImage(
                source.get().toString(),
                Optional.empty(),
                Descriptor.of(refactored.entry().mediaType(), source.get(), size.getAsLong())));
  }

  private static boolean isMadeOf(LayoutImage image, Digest source) {
    return source.toString().equals(image.entry().annotations().get(Annotations.SOURCE));
  }
}
