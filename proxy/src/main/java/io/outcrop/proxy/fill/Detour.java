package io.outcrop.proxy.fill;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.upstream.UpstreamException;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * The way to the bytes of a blob that is not kept, as there is no room or it is not worth it:
 * straight from the upstream, for one reader. Thread-safe.
 */
public final class Detour {

  private final Elsewhere elsewhere;
  private final Repository repository;
  private final Digest digest;
  private final long from;
  private final MessageDigest hashSoFar;

  Detour(
      Elsewhere elsewhere,
      Repository repository,
      Digest digest,
      long from,
      MessageDigest hashSoFar) {
    this.elsewhere = elsewhere;
    this.repository = repository;
    this.digest = digest;
    this.from = from;
    this.hashSoFar = hashSoFar;
  }

  /**
   * Opens the upstream; blocks.
   *
   * @param offset where the reader goes on. From where the file ends the bytes are verified, and
   *     the last of them is held back until they are; from elsewhere they cannot be.
   * @throws UpstreamException if no way to it is open now
   */
  public DirectStream open(long offset) throws UpstreamException {
    return new DirectStream(
        elsewhere,
        repository,
        digest,
        offset,
        offset == from ? Optional.of(copyOfHash()) : Optional.empty());
  }

  private MessageDigest copyOfHash() {
    try {
      synchronized (hashSoFar) {
        return (MessageDigest) hashSoFar.clone();
      }
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the platform's digests can be cloned", e);
    }
  }
}
