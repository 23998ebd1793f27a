package io.outcrop.proxy.media;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is in a layout.
 *
 * @param images those with names, and what refers to them
 * @param documents manifests and indexes, those that are named before those that name them
 * @param blobs everything else
 */
public record ImportPlan(
    List<ImportImage> images, Map<Digest, Need> documents, Map<Digest, Need> blobs) {

  /** Puts together what images need. */
  static ImportPlan of(List<ImportImage> images) {
    Map<Digest, Need> documents = new LinkedHashMap<>();
    Map<Digest, Need> blobs = new LinkedHashMap<>();
    for (ImportImage image : images) {
      image.documents().forEach(document -> add(documents, document, image, true));
      image.blobs().forEach(blob -> add(blobs, blob, image, true));
      image.extras().forEach(blob -> add(blobs, blob, image, false));
    }
    return new ImportPlan(List.copyOf(images), documents, blobs);
  }

  /** Length in bytes of all that has to be there at once. */
  public long bytes() {
    return documents.values().stream().mapToLong(Need::size).sum()
        + blobs.values().stream().filter(Need::isRequired).mapToLong(Need::size).sum();
  }

  private static void add(
      Map<Digest, Need> needs, Descriptor descriptor, ImportImage image, boolean required) {
    needs
        .computeIfAbsent(descriptor.digest(), digest -> new Need(descriptor))
        .add(image.repository(), image.isPrivate(), required);
  }

  /** Some content, and for what. Changed only while the plan is made. */
  static final class Need {

    private final Descriptor descriptor;
    private final Set<Repository> repositories = new LinkedHashSet<>();
    private boolean isPrivate = true;
    private boolean required;

    private Need(Descriptor descriptor) {
      this.descriptor = descriptor;
    }

    private void add(Repository repository, boolean fromPrivate, boolean isRequired) {
      repositories.add(repository);
      // Where one image with it is public, all of that image is, and so is this.
      isPrivate &= fromPrivate;
      required |= isRequired;
    }

    Descriptor descriptor() {
      return descriptor;
    }

    Digest digest() {
      return descriptor.digest();
    }

    long size() {
      return descriptor.size();
    }

    /** Whether not everybody may read it at its upstream. */
    boolean isPrivate() {
      return isPrivate;
    }

    /** Whether an image cannot do without it. */
    boolean isRequired() {
      return required;
    }

    /** The repositories to bring it for. */
    List<Repository> repositories() {
      return List.copyOf(repositories);
    }
  }
}
