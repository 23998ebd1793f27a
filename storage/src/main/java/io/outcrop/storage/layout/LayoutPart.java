package io.outcrop.storage.layout;

import io.outcrop.oci.Digest;
import java.io.InputStream;
import java.time.Instant;

/** A part of a layout in a tar, as it comes by. */
public sealed interface LayoutPart {

  /**
   * What is in the layout.
   *
   * @param index the index, which may stand before or behind the content
   * @param modified when it was written, as the tar says
   */
  record Index(LayoutIndex index, Instant modified) implements LayoutPart {}

  /**
   * Some content.
   *
   * @param digest what it should be
   * @param size its length in bytes
   * @param offset where in the tar it begins
   * @param bytes it, unverified, to be read before the next part is asked for or not at all
   */
  record Blob(Digest digest, long size, long offset, InputStream bytes) implements LayoutPart {}
}
