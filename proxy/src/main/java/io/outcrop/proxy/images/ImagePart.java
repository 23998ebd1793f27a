package io.outcrop.proxy.images;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.oci.Platform;
import java.util.Optional;

/**
 * Something an image consists of.
 *
 * @param kind what it is in the image
 * @param digest its content
 * @param size its length in bytes, as the document that names it says
 * @param mediaType its type, as that document says
 * @param platform what it runs on, for a manifest of which the index says so
 * @param manifest the image manifest it belongs to; for an index or manifest, itself
 */
public record ImagePart(
    Kind kind,
    Digest digest,
    long size,
    MediaType mediaType,
    Optional<Platform> platform,
    Digest manifest) {

  /** What a part is in its image. */
  public enum Kind {
    /** A list of manifests. */
    INDEX,
    /** The manifest of an image, or of an artifact. */
    MANIFEST,
    /** What an image manifest has as its configuration. */
    CONFIG,
    /** A layer, or what else an artifact consists of. */
    LAYER;

    /** Whether it is a document that is served as a manifest. */
    public boolean isDocument() {
      return this == INDEX || this == MANIFEST;
    }
  }
}
