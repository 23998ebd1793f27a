package io.outcrop.proxy.media;

import io.outcrop.oci.Descriptor;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An image, or what refers to one, as far as it is to be exported.
 *
 * @param name what it is called; what refers to an image goes by its digest
 * @param root its manifest or index
 * @param confirmedAt when the upstream last said that its name means this
 * @param documents manifests and indexes, the root first
 * @param blobs configurations, layers and whatever else, in their order
 * @param isPrivate whether not everybody may read all of it at its upstream
 * @param platforms those of an index that are exported
 * @param leftOut those of an index that are not, as they are not held whole
 * @param missing what is not held of what was asked for
 */
public record ExportImage(
    ImageName name,
    Descriptor root,
    Optional<Instant> confirmedAt,
    List<Descriptor> documents,
    List<Descriptor> blobs,
    boolean isPrivate,
    List<String> platforms,
    List<String> leftOut,
    List<Missing> missing) {

  /** Copies what is mutable. */
  public ExportImage {
    documents = List.copyOf(documents);
    blobs = List.copyOf(blobs);
    platforms = List.copyOf(platforms);
    leftOut = List.copyOf(leftOut);
    missing = List.copyOf(missing);
  }

  /** Length of all of it in bytes. */
  public long bytes() {
    return documents.stream().mapToLong(Descriptor::size).sum()
        + blobs.stream().mapToLong(Descriptor::size).sum();
  }

  /**
   * Something that is not held.
   *
   * @param what it is in words, such as the platform it is for
   * @param content its descriptor
   */
  public record Missing(String what, Descriptor content) {
    @Override
    public String toString() {
      return what + ' ' + content.digest() + " (" + content.size() + " bytes)";
    }
  }
}
