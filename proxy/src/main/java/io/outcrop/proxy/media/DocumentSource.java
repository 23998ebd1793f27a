package io.outcrop.proxy.media;

import io.outcrop.oci.Descriptor;
import java.io.IOException;
import java.util.Optional;

/** The manifests and indexes of a layout. */
@FunctionalInterface
interface DocumentSource {

  /**
   * A document, verified; empty if it is not there.
   *
   * @throws IOException if it is there and is not what it should be
   */
  Optional<byte[]> document(Descriptor descriptor) throws IOException;
}
