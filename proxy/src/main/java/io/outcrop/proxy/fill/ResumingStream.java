package io.outcrop.proxy.fill;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.upstream.BlobStream;
import io.outcrop.proxy.upstream.UpstreamException;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * A blob's bytes from an offset to the end, over as many connections as it takes: where one breaks,
 * the next goes on from there. Gives up only when several in a row bring nothing. Not thread-safe.
 */
final class ResumingStream implements AutoCloseable {

  private static final int FRUITLESS_TRIES = 5;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final int SKIP_CHUNK = 64 << 10;

  private final BlobSource source;
  private final Repository repository;
  private final Digest digest;
  private BlobStream stream;
  private OptionalLong totalSize;
  private boolean anonymous;
  private long position;
  private boolean aligned;
  private int fruitless;

  /**
   * @throws UpstreamException if no way to the blob is open now
   */
  ResumingStream(BlobSource source, Repository repository, Digest digest, long from)
      throws UpstreamException {
    this.source = source;
    this.repository = repository;
    this.digest = digest;
    this.position = from;
    this.stream = source.open(repository, digest, from);
    this.totalSize = stream.totalSize();
    this.anonymous = stream.anonymous();
  }

  /** Length of the whole blob, if the other side tells. */
  OptionalLong totalSize() {
    return totalSize;
  }

  /** Whether every byte came without credentials. */
  boolean anonymous() {
    return anonymous;
  }

  /** Who sends at the moment. */
  URI endpoint() {
    return stream.endpoint();
  }

  /** Whether the bytes come from far. */
  boolean isRemote() {
    return stream.isRemote();
  }

  /** Tells that the bytes were not the blob. */
  void reject() {
    stream.reject();
  }

  /**
   * Reads some bytes, waiting for them.
   *
   * @return how many, or -1 at the end
   * @throws UpstreamException if the rest cannot be had
   */
  int read(ByteBuffer target) throws UpstreamException {
    while (true) {
      try {
        align();
        int count = stream.read(withinTotal(target));
        if (count > 0) {
          position += count;
          fruitless = 0;
          return count;
        }
        if (count < 0 && (totalSize.isEmpty() || position >= totalSize.getAsLong())) {
          return -1;
        }
        if (count == 0) {
          return -1; // The target has no room left within the blob: this is its end.
        }
        throw new IOException("ended after " + position + " of " + totalSize.getAsLong());
      } catch (IOException e) {
        reopen(e);
      }
    }
  }

  @Override
  public void close() {
    stream.close();
  }

  /** Bounds what is read, so that a body that runs on behind the blob's end is not taken in. */
  private ByteBuffer withinTotal(ByteBuffer target) {
    if (totalSize.isPresent() && totalSize.getAsLong() - position < target.remaining()) {
      target.limit(target.position() + (int) (totalSize.getAsLong() - position));
    }
    return target;
  }

  /** Drops what a server sends ahead of the offset it was asked for; once a connection. */
  private void align() throws IOException {
    if (aligned) {
      return;
    }
    ByteBuffer dropped = ByteBuffer.allocate(SKIP_CHUNK);
    long ahead = position - stream.offset();
    while (ahead > 0) {
      dropped.clear().limit((int) Math.min(SKIP_CHUNK, ahead));
      int count = stream.read(dropped);
      if (count < 0) {
        throw new IOException("ended before offset " + position);
      }
      ahead -= count;
    }
    aligned = true;
  }

  private void reopen(IOException cause) throws UpstreamException {
    stream.close();
    UpstreamException last =
        new UpstreamException.Unavailable(
            "blob "
                + digest
                + " of "
                + repository
                + " broke off at byte "
                + position
                + ": "
                + cause.getMessage());
    while (++fruitless <= FRUITLESS_TRIES) {
      pause();
      try {
        stream = source.open(repository, digest, position);
        aligned = false;
        checkSameSize();
        anonymous &= stream.anonymous();
        return;
      } catch (UpstreamException.Unavailable e) {
        last = e;
      }
    }
    throw last;
  }

  private void checkSameSize() throws UpstreamException {
    OptionalLong again = stream.totalSize();
    if (totalSize.isEmpty()) {
      totalSize = again;
    } else if (again.isPresent() && again.getAsLong() != totalSize.getAsLong()) {
      stream.close();
      throw new UpstreamException.Invalid(
          "blob "
              + digest
              + " of "
              + repository
              + " has two lengths: "
              + totalSize.getAsLong()
              + " and "
              + again.getAsLong());
    }
  }

  private void pause() {
    long base = FIRST_PAUSE.toNanos() << (fruitless - 1);
    // Half fixed, half random: those cut by one event do not come back at one instant.
    LockSupport.parkNanos(base / 2 + ThreadLocalRandom.current().nextLong(base / 2));
  }
}
