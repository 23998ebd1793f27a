package io.outcrop.proxy.images;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.resolve.ServedManifest;

/** Told of what clients take, on any thread; must not block. */
public interface PullObserver {

  /**
   * A client takes a manifest.
   *
   * @param client stands for who that is; 0 if it is not known
   */
  void manifestPulled(Repository repository, ServedManifest manifest, int client);

  /**
   * A client takes a blob, or a range of it.
   *
   * @param client as in {@link #manifestPulled}
   */
  void blobPulled(Repository repository, Digest blob, int client);
}
