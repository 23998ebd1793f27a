package io.outcrop.proxy.images;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An image of which at least the manifest or index is held.
 *
 * <p>Of an index only those platforms count whose manifest is held: nobody has asked for the
 * others.
 *
 * @param name its name, by one tag, or by digest where no tag is known to mean it
 * @param repository where it is
 * @param tags all tags that are known to mean it, in ASCII order
 * @param root its manifest or index
 * @param platforms what it is for, as far as is held
 * @param bytes bytes of all that belongs to it for these platforms
 * @param missingPieces pieces of that which are not here
 * @param missingBytes bytes of these
 * @param lastUse when its manifest was last used
 * @param pins names of the pins that keep it
 */
public record HeldImage(
    String name,
    Repository repository,
    List<String> tags,
    Digest root,
    List<String> platforms,
    long bytes,
    int missingPieces,
    long missingBytes,
    Optional<Instant> lastUse,
    List<String> pins) {

  /** Copies what is mutable. */
  public HeldImage {
    tags = List.copyOf(tags);
    platforms = List.copyOf(platforms);
    pins = List.copyOf(pins);
  }
}
