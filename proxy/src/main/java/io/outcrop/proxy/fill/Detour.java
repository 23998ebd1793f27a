package io.outcrop.proxy.fill;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.upstream.UpstreamException;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * The way to the bytes of a blob that cannot be kept, as there is no room: straight from the
 * upstream, for one reader. Thread-safe.
 */
public final class Detour {

  private final BlobSource source;
  private final Repository repository;
  private final Digest digest;
  private final long from;
  private final MessageDigest hashSoFar;
  private final ClientTraffic traffic;

  Detour(
      BlobSource source,
      Repository repository,
      Digest digest,
      long from,
      MessageDigest hashSoFar,
      ClientTraffic traffic) {
    this.traffic = traffic;
    this.source = source;
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
    ResumingStream stream = new ResumingStream(source, repository, digest, offset);
    return new DirectStream(
        stream,
        digest,
        offset,
        offset == from ? Optional.of(copyOfHash()) : Optional.empty(),
        traffic);
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
