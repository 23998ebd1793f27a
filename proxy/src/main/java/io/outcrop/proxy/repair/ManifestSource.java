package io.outcrop.proxy.repair;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.upstream.UpstreamException;
import java.io.IOException;

/** Where manifests come from. Thread-safe; blocks. */
public interface ManifestSource {

  /**
   * Fetches a manifest into the store.
   *
   * @throws UpstreamException if it cannot be had
   */
  void fetch(Repository repository, Digest digest) throws UpstreamException, IOException;
}
