package io.outcrop.proxy.fill;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.upstream.BlobStream;
import io.outcrop.proxy.upstream.UpstreamException;

/** Where blobs come from. Thread-safe; its methods block. */
public interface BlobSource {

  /**
   * Opens a blob at an offset, or before it if the other side cannot.
   *
   * @throws UpstreamException if no way to it is open now
   */
  BlobStream open(Repository repository, Digest digest, long offset) throws UpstreamException;
}
