package io.outcrop.proxy.media;

/** The annotations in an {@code index.json} that tell what only Outcrop needs to know. */
final class Marks {

  /** When the upstream last said that the tag means this. */
  static final String CONFIRMED_AT = "io.outcrop.image.confirmed-at";

  /** Who may read the image at its upstream: {@code private} where not everybody may. */
  static final String ACCESS = "io.outcrop.image.access";

  /** The repository of what has no name, such as a signature. */
  static final String REPOSITORY = "io.outcrop.image.repository";

  static final String PRIVATE = "private";

  private Marks() {}
}
