package io.outcrop.proxy.resolve;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import java.util.Optional;

/**
 * A manifest to answer with, byte for byte as the upstream has it.
 *
 * @param digest its digest
 * @param mediaType the type the upstream declared
 * @param bytes the document; not to be changed
 * @param outcome how it came about
 * @param staleness why it may be out of date, if it may
 */
public record ServedManifest(
    Digest digest,
    MediaType mediaType,
    byte[] bytes,
    Outcome outcome,
    Optional<Staleness> staleness) {

  /** The same, having come about in another way. */
  public ServedManifest as(Outcome other) {
    return new ServedManifest(digest, mediaType, bytes, other, staleness);
  }

  /** The same, perhaps out of date. */
  public ServedManifest stale(Staleness why) {
    return new ServedManifest(digest, mediaType, bytes, Outcome.STALE, Optional.of(why));
  }
}
