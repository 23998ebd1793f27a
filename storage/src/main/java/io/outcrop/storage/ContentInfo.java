package io.outcrop.storage;

import io.outcrop.oci.MediaType;
import java.util.Optional;

/**
 * What is known of resident content without reading it.
 *
 * @param size length in bytes
 * @param mediaType the type it was fetched as; known for manifests only
 * @param origin who may read it at its upstream
 */
public record ContentInfo(long size, Optional<MediaType> mediaType, Origin origin) {

  /** Who may read content at the upstream it came from. */
  public enum Origin {
    /** Anybody: it was fetched without credentials. */
    PUBLIC,
    /** Those with credentials, so each repository must be seen to hold it before it serves it. */
    PRIVATE
  }
}
