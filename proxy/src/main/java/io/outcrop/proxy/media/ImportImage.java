package io.outcrop.proxy.media;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Repository;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An image in a layout, or what refers to one.
 *
 * @param name what it is to be called; what refers to an image goes by its digest
 * @param root its manifest or index
 * @param confirmedAt when the upstream last said that its name means this
 * @param isPrivate whether not everybody may read it at its upstream
 * @param subject what it refers to, if it does
 * @param documents manifests and indexes, those that are named before those that name them
 * @param blobs what it cannot do without
 * @param extras what it can do without, such as layers that clients fetch from elsewhere
 * @param platforms those of an index that are in the layout
 * @param absent those that are not
 */
public record ImportImage(
    ImageName name,
    Descriptor root,
    Instant confirmedAt,
    boolean isPrivate,
    Optional<Descriptor> subject,
    List<Descriptor> documents,
    List<Descriptor> blobs,
    List<Descriptor> extras,
    List<String> platforms,
    List<String> absent) {

  /** Copies what is mutable. */
  public ImportImage {
    documents = List.copyOf(documents);
    blobs = List.copyOf(blobs);
    extras = List.copyOf(extras);
    platforms = List.copyOf(platforms);
    absent = List.copyOf(absent);
  }

  Repository repository() {
    return name.repository();
  }
}
