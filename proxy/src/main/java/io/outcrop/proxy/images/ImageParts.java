package io.outcrop.proxy.images;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What belongs to an image, in the order it is best fetched: documents, then each configuration and
 * its layers, the base first. Content that stands in several places is here once.
 *
 * @param repository where the image is
 * @param root the manifest or index that its name stands for
 * @param parts all of it, the root first
 * @param unread documents whose own parts are not among these, as they were not to be had
 * @param foreign layers that are not in the registry, and that clients fetch from elsewhere
 */
public record ImageParts(
    Repository repository, Digest root, List<ImagePart> parts, List<Digest> unread, int foreign) {

  /** Copies what is mutable. */
  public ImageParts {
    parts = List.copyOf(parts);
    unread = List.copyOf(unread);
  }

  /** Each piece of content and its length in bytes. */
  public Map<Digest, Long> sizes() {
    Map<Digest, Long> sizes = new LinkedHashMap<>();
    parts.forEach(part -> sizes.put(part.digest(), part.size()));
    return sizes;
  }

  /** Length of all of it in bytes. */
  public long bytes() {
    return parts.stream().mapToLong(ImagePart::size).sum();
  }
}
