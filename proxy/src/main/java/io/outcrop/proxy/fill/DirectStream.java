package io.outcrop.proxy.fill;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.upstream.UpstreamException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a blob for one reader, kept nowhere. Should others have asked for the blob
 * meanwhile, so that it is kept after all, it goes on with what comes for them, rather than have
 * the same bytes come twice. Blocks; not thread-safe.
 */
public final class DirectStream implements AutoCloseable {

  // To go on with what comes for others may mean to wait for it: for so long, if the link is as it
  // was. Clients wait for longer.
  private static final double PATIENCE_SECONDS = 10;

  private final Elsewhere elsewhere;
  private final Repository repository;
  private final Digest digest;
  private final Optional<MessageDigest> hash;
  private final OptionalLong totalSize;
  private @Nullable ResumingStream upstream;
  private @Nullable FollowedContent here;
  private boolean disappointed;
  private long position;
  private boolean verified;

  DirectStream(
      Elsewhere elsewhere,
      Repository repository,
      Digest digest,
      long position,
      Optional<MessageDigest> hash)
      throws UpstreamException {
    this.elsewhere = elsewhere;
    this.repository = repository;
    this.digest = digest;
    this.position = position;
    this.hash = hash;
    ResumingStream opened = new ResumingStream(elsewhere.source(), repository, digest, position);
    upstream = opened;
    totalSize = opened.totalSize();
  }

  /**
   * Reads some bytes. Where the blob can be verified, its last bytes are given only if it holds.
   *
   * @return how many, or -1 at the end
   * @throws UpstreamException if the rest cannot be had, or the blob is not what was asked for
   */
  public int read(ByteBuffer target) throws UpstreamException {
    int start = target.position();
    int count = readSomewhere(target);
    if (count > 0) {
      elsewhere.traffic().note();
      position += count;
      hash.ifPresent(h -> h.update(target.duplicate().flip().position(start)));
    }
    boolean atEnd = count < 0 || (totalSize.isPresent() && position >= totalSize.getAsLong());
    if (atEnd && hash.isPresent() && !verified) {
      verified = true;
      verify(hash.get());
    }
    return count;
  }

  @Override
  public void close() {
    if (upstream != null) {
      upstream.close();
    }
    if (here != null) {
      here.close();
    }
  }

  private int readSomewhere(ByteBuffer target) throws UpstreamException {
    lookAround();
    FollowedContent followed = here;
    if (followed != null) {
      OptionalLong count = followed.read(target, position);
      if (count.isPresent()) {
        return (int) count.getAsLong();
      }
      followed.close();
      here = null;
      disappointed = true;
    }
    ResumingStream stream = upstream;
    if (stream == null) {
      stream = new ResumingStream(elsewhere.source(), repository, digest, position);
      upstream = stream;
    }
    return stream.read(target);
  }

  /** Goes over to what is here, if it is, or will be as far as this soon. Does so once only. */
  private void lookAround() {
    if (here != null || disappointed) {
      return;
    }
    Optional<BlobContent> content = elsewhere.atHand().get();
    if (content.isEmpty()) {
      return;
    }
    double behind = Math.max(0, position - content.get().available());
    if (behind / elsewhere.link().bytesPerSecond() > PATIENCE_SECONDS) {
      content.get().close();
      return;
    }
    here = new FollowedContent(content.get());
    if (upstream != null) {
      upstream.close();
      upstream = null;
    }
  }

  private void verify(MessageDigest hashed) throws UpstreamException {
    Digest actual = Digest.finish(digest.algorithm(), hashed);
    if (!actual.equals(digest)) {
      String sender = "the store";
      if (upstream != null) {
        upstream.reject();
        sender = upstream.endpoint().toString();
      }
      throw new UpstreamException.Invalid(
          "blob " + digest + ": " + sender + " sent bytes of digest " + actual);
    }
  }
}
