package io.outcrop.refactor.layout;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.oci.InvalidManifestException;
import io.outcrop.oci.Manifest;
import io.outcrop.oci.ManifestParser;
import io.outcrop.oci.Platform;
import io.outcrop.storage.layout.LayoutException;
import io.outcrop.storage.layout.OciLayout;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds the images behind an entry of a layout: itself, or those that an index lists. */
final class PlatformImages {

  /** The annotation by which BuildKit marks what says how an image was made. */
  private static final String ATTESTATION = "vnd.docker.reference.type";

  private static final int DEEPEST = 4;

  private final OciLayout layout;
  private final Set<Digest> seen = new HashSet<>();
  private final List<PlatformImage> found = new ArrayList<>();

  private PlatformImages(OciLayout layout) {
    this.layout = layout;
  }

  /**
   * The images that are there; an index may list more.
   *
   * @throws LayoutException if the entry, or an index in it, is missing or damaged
   */
  static List<PlatformImage> of(OciLayout layout, Descriptor entry) throws IOException {
    PlatformImages images = new PlatformImages(layout);
    images.add(entry, entry.platform(), 0);
    return List.copyOf(images.found);
  }

  private void add(Descriptor descriptor, Optional<Platform> platform, int depth)
      throws IOException {
    if (!seen.add(descriptor.digest())) {
      return;
    }
    if (!descriptor.mediaType().isIndex()) {
      found.add(new PlatformImage(platform, descriptor));
    } else if (depth < DEEPEST) {
      for (Descriptor child : index(layout, descriptor).manifests()) {
        if (!child.annotations().containsKey(ATTESTATION)
            && layout.size(child.digest()).isPresent()) {
          add(child, child.platform(), depth + 1);
        }
      }
    }
  }

  /** The document that a descriptor of an index names. */
  static Manifest.Index index(OciLayout layout, Descriptor descriptor) throws IOException {
    byte[] bytes = layout.document(descriptor);
    try {
      return (Manifest.Index) ManifestParser.parse(bytes, descriptor.mediaType());
    } catch (InvalidManifestException e) {
      throw new LayoutException("index " + descriptor.digest() + ": " + e.getMessage(), e);
    }
  }
}
