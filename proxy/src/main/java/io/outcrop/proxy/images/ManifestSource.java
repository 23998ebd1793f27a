package io.outcrop.proxy.images;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.upstream.UpstreamException;
import java.io.IOException;
import java.util.Optional;

/** Where the documents of images come from. */
interface ManifestSource {

  /**
   * A document of a repository. May block.
   *
   * @return empty if it is not to be had from here, which is no reason to give up
   * @throws UpstreamException if it is to be had from the upstream, and that does not give it
   * @throws IOException if the store fails
   */
  Optional<Document> document(Repository repository, Digest digest)
      throws UpstreamException, IOException;

  /**
   * A document.
   *
   * @param bytes as the upstream has it
   * @param mediaType the type the upstream declared
   */
  record Document(byte[] bytes, MediaType mediaType) {}
}
