package io.outcrop.proxy.media;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.InvalidNameException;
import io.outcrop.oci.Tag;
import io.outcrop.storage.layout.LayoutIndex;
import java.util.Optional;

/**
 * Says what the images of a layout are called.
 *
 * @param as what the operator says: a name, of one image, or a repository, of which they are all
 */
public record NameRule(Optional<ImageName> as) {

  /** As the layout says. */
  public static final NameRule AS_IT_SAYS = new NameRule(Optional.empty());

  /** Whether it names one image only. */
  boolean namesOne() {
    return as.filter(name -> name.tag().isPresent() || name.digest().isPresent()).isPresent();
  }

  /**
   * The name of an entry.
   *
   * @throws MediaException if nothing says of which repository it is
   */
  ImageName name(Descriptor entry) throws MediaException {
    Optional<ImageName> full = fullName(entry);
    if (namesOne()) {
      return as.orElseThrow();
    }
    if (as.isPresent()) {
      Optional<Tag> tag = full.isPresent() ? full.get().tag() : tag(entry);
      return tag.isPresent()
          ? ImageName.of(as.get().repository(), tag.get())
          : ImageName.of(as.get().repository(), entry.digest());
    }
    return full.map(name -> completed(name, entry))
        .orElseThrow(() ->
            new MediaException(
                "the layout calls %s %s, which says no registry and repository: name it, as with"
                        .formatted(
                            entry.digest(),
                            LayoutIndex.name(entry).map(name -> "'" + name + "'").orElse("nothing"))
                    + " --as docker.io/library/debian:12-slim"));
  }

  private static ImageName completed(ImageName name, Descriptor entry) {
    return name.tag().isPresent() || name.digest().isPresent()
        ? name
        : ImageName.of(name.repository(), entry.digest());
  }

  private static Optional<ImageName> fullName(Descriptor entry) {
    return annotation(entry, LayoutIndex.IMAGE_NAME)
        .flatMap(ImageName::parse)
        .or(() -> annotation(entry, LayoutIndex.REFERENCE_NAME).flatMap(ImageName::parse));
  }

  private static Optional<Tag> tag(Descriptor entry) {
    try {
      return annotation(entry, LayoutIndex.REFERENCE_NAME)
          // Of a short name such as debian:12, what is behind the colon.
          .map(name -> new Tag(name.substring(name.lastIndexOf(':') + 1)));
    } catch (InvalidNameException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> annotation(Descriptor entry, String key) {
    return Optional.ofNullable(entry.annotations().get(key));
  }
}
