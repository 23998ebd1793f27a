package io.outcrop.proxy.media;

import io.outcrop.oci.Digest;
import io.outcrop.oci.InvalidNameException;
import io.outcrop.oci.Repository;
import io.outcrop.oci.Tag;
import java.util.Optional;

/**
 * The full name of an image, as a layout carries it: {@code docker.io/library/debian:12-slim}.
 *
 * @param repository where the image is
 * @param tag its tag, if it goes by one
 * @param digest its digest, if it goes by that
 */
public record ImageName(Repository repository, Optional<Tag> tag, Optional<Digest> digest) {

  /**
   * Reads a full name. One that does not begin with a registry's host is none: what it means
   * depends on whom one asks.
   *
   * @return empty if it is none
   */
  public static Optional<ImageName> parse(String text) {
    int at = text.indexOf('@');
    String named = at < 0 ? text : text.substring(0, at);
    int slash = named.indexOf('/');
    int colon = named.lastIndexOf(':');
    boolean tagged = colon > named.lastIndexOf('/');
    if (slash < 0 || !isHost(named.substring(0, slash))) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new ImageName(
              Repository.of(
                  named.substring(0, slash),
                  named.substring(slash + 1, tagged ? colon : named.length())),
              tagged ? Optional.of(new Tag(named.substring(colon + 1))) : Optional.empty(),
              at < 0 ? Optional.empty() : Optional.of(Digest.parse(text.substring(at + 1)))));
    } catch (InvalidNameException e) {
      return Optional.empty();
    }
  }

  /** An image by tag. */
  public static ImageName of(Repository repository, Tag tag) {
    return new ImageName(repository, Optional.of(tag), Optional.empty());
  }

  /** An image by digest. */
  public static ImageName of(Repository repository, Digest digest) {
    return new ImageName(repository, Optional.empty(), Optional.of(digest));
  }

  private static boolean isHost(String segment) {
    return segment.indexOf('.') > 0 || segment.indexOf(':') > 0 || segment.equals("localhost");
  }

  @Override
  public String toString() {
    return repository + tag.map(t -> ":" + t).orElse("") + digest.map(d -> "@" + d).orElse("");
  }
}
