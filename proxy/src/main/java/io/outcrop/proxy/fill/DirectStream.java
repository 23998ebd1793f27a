package io.outcrop.proxy.fill;

import io.outcrop.oci.Digest;
import io.outcrop.proxy.upstream.UpstreamException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Optional;

/** The bytes of a blob for one reader, kept nowhere. Blocks; not thread-safe. */
public final class DirectStream implements AutoCloseable {

  private final ResumingStream stream;
  private final Digest digest;
  private final Optional<MessageDigest> hash;
  private final ClientTraffic traffic;
  private long position;
  private boolean verified;

  DirectStream(
      ResumingStream stream,
      Digest digest,
      long position,
      Optional<MessageDigest> hash,
      ClientTraffic traffic) {
    this.traffic = traffic;
    this.stream = stream;
    this.digest = digest;
    this.position = position;
    this.hash = hash;
  }

  /**
   * Reads some bytes. Where the blob can be verified, its last bytes are given only if it holds.
   *
   * @return how many, or -1 at the end
   * @throws UpstreamException if the rest cannot be had, or the blob is not what was asked for
   */
  public int read(ByteBuffer target) throws UpstreamException {
    int start = target.position();
    int count = stream.read(target);
    if (count > 0) {
      traffic.note();
      position += count;
      hash.ifPresent(h -> h.update(target.duplicate().flip().position(start)));
    }
    boolean atEnd =
        count < 0 || (stream.totalSize().isPresent() && position >= stream.totalSize().getAsLong());
    if (atEnd && hash.isPresent() && !verified) {
      verified = true;
      Digest actual = Digest.finish(digest.algorithm(), hash.get());
      if (!actual.equals(digest)) {
        stream.reject();
        throw new UpstreamException.Invalid(
            "blob " + digest + ": " + stream.endpoint() + " sent bytes of digest " + actual);
      }
    }
    return count;
  }

  @Override
  public void close() {
    stream.close();
  }
}
