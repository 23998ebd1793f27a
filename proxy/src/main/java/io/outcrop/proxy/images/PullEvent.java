package io.outcrop.proxy.images;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.fill.Fill;
import io.outcrop.proxy.resolve.ServedManifest;

/** What the thread that fetches ahead is told. */
sealed interface PullEvent {

  /** A client takes the manifest of an image. */
  record ManifestTaken(Repository repository, ServedManifest manifest, int client)
      implements PullEvent {}

  /** A client takes a blob. */
  record BlobTaken(Repository repository, Digest blob, int client) implements PullEvent {}

  /** A fill that was begun ahead has ended. */
  record FillEnded(Fill fill) implements PullEvent {}
}
