package io.outcrop.proxy.names;

import io.outcrop.oci.Digest;
import io.outcrop.oci.InvalidNameException;
import io.outcrop.oci.Reference;
import io.outcrop.oci.Repository;
import io.outcrop.oci.Tag;
import java.util.Optional;

/**
 * An image as operators name it.
 *
 * @param repository where it is
 * @param reference which one it is, by tag or digest
 */
public record ImageReference(Repository repository, Reference reference) {

  private static final Tag LATEST = new Tag("latest");

  /**
   * Reads {@code debian}, {@code quay.io/org/app:1}, {@code org/app@sha256:…} and the like. Without
   * a tag it is {@code latest}; of a tag and a digest the digest counts.
   *
   * @param names maps the name to a repository, as for a request without a namespace
   * @throws UnknownNamespaceException if it is of a registry that is not a configured upstream
   * @throws InvalidNameException if it is not well-formed
   */
  public static ImageReference parse(String text, NameMapper names)
      throws UnknownNamespaceException {
    int at = text.indexOf('@');
    Optional<Digest> digest =
        at < 0 ? Optional.empty() : Optional.of(Digest.parse(text.substring(at + 1)));
    String named = at < 0 ? text : text.substring(0, at);
    int colon = named.lastIndexOf(':');
    // A colon before a slash is that of a port.
    boolean tagged = colon > named.lastIndexOf('/');
    Tag tag = tagged ? new Tag(named.substring(colon + 1)) : LATEST;
    Repository repository = names.map(tagged ? named.substring(0, colon) : named, Optional.empty());
    return new ImageReference(repository, digest.<Reference>map(d -> d).orElse(tag));
  }

  /** The full name, which reads as itself: {@code docker.io/library/debian:12}. */
  @Override
  public String toString() {
    return repository
        + switch (reference) {
          case Tag tag -> ":" + tag;
          case Digest digest -> "@" + digest;
        };
  }
}
