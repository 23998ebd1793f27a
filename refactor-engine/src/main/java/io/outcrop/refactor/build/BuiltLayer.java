package io.outcrop.refactor.build;

import io.outcrop.oci.Digest;
import io.outcrop.refactor.model.ContentHash;

/**
 * A layer that has been written.
 *
 * @param diffId the hash of its archive
 * @param tarLength the length of its archive in bytes
 * @param blob the digest of the archive as it is compressed
 * @param blobLength the length of that in bytes
 */
public record BuiltLayer(ContentHash diffId, long tarLength, Digest blob, long blobLength) {

  /** What the history of an image says of a layer that was built, before the layer's name. */
  public static final String CREATED_BY = "outcrop refactor: ";
}
