package io.outcrop.proxy.fill;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.upstream.UpstreamException;
import io.outcrop.storage.ContentStore;
import io.outcrop.storage.DigestMismatchException;
import io.outcrop.storage.Link;
import io.outcrop.storage.LinkState;
import io.outcrop.storage.PartialBlob;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;

/**
 * Takes in one blob that somebody brings, as a fill that others may follow meanwhile. Runs once, on
 * a thread that may block.
 */
final class Intake {

  private final Fill fill;
  private final ContentStore store;
  private final List<Repository> repositories;
  private final Incoming incoming;
  private final Digest digest;

  Intake(Fill fill, ContentStore store, List<Repository> repositories, Incoming incoming) {
    this.fill = fill;
    this.store = store;
    this.incoming = incoming;
    this.repositories = repositories;
    this.digest = fill.digest();
  }

  /**
   * Runs to the end. What was cut is kept for a later try.
   *
   * @throws DigestMismatchException if the bytes are not those the digest promises; none are kept
   * @throws io.outcrop.storage.InsufficientSpaceException if it cannot be kept
   * @throws IOException if the bytes end early, run on behind the end, or the disk fails
   */
  Received run(ByteBuffer chunk) throws IOException {
    try {
      return store.info(digest).isPresent() ? compare(chunk) : take(chunk);
    } catch (IOException | RuntimeException e) {
      fill.fail(
          new UpstreamException.Unavailable(
              "blob "
                  + digest
                  + " of "
                  + fill.repository()
                  + " was brought here and broke off: "
                  + e));
      throw e;
    }
  }

  private Received take(ByteBuffer chunk) throws IOException {
    PartialBlob partial = store.begin(digest);
    try {
      if (partial.length() > incoming.total()) {
        partial.restart();
      }
      if (incoming.offset() > partial.length()) {
        fill.fail(new UpstreamException.Unavailable("blob " + digest + " was not brought whole"));
        return new Received.Ahead(partial.length());
      }
      partial.reserve(incoming.total());
      // Of an empty blob there is no last byte to hold back: it is shown when it is verified.
      boolean startsNow = incoming.total() > 0;
      if (startsNow) {
        start(partial);
      }
      skip(partial.length() - incoming.offset(), chunk);
      copy(partial, chunk);
      partial.verify();
      if (!startsNow) {
        start(partial);
      }
      fill.advance(partial.length());
      partial.publish(incoming.origin(), links());
      return new Received.Stored();
    } catch (DigestMismatchException e) {
      partial.discard();
      throw e;
    } finally {
      partial.suspend();
    }
  }

  private void start(PartialBlob partial) {
    fill.start(new Fill.Started(incoming.total(), incoming.origin()), Optional.of(partial.file()));
  }

  /**
   * For a blob that is held: whoever has its bytes may have it linked to the repository, and nobody
   * else, as its name alone proves no right to read it.
   */
  private Received compare(ByteBuffer chunk) throws IOException {
    fill.fail(new UpstreamException.Unavailable("blob " + digest + " came in between"));
    if (incoming.offset() > 0) {
      return new Received.Ahead(0);
    }
    MessageDigest hash = digest.algorithm().newMessageDigest();
    long left = incoming.total();
    while (left > 0) {
      int count = read(chunk, left);
      hash.update(chunk.flip());
      left -= count;
    }
    checkEnd(chunk);
    Digest actual = Digest.finish(digest.algorithm(), hash);
    if (!actual.equals(digest)) {
      throw new DigestMismatchException(digest, actual);
    }
    store.directory().link(links());
    return new Received.Held();
  }

  @SuppressWarnings("ThreadPriorityCheck") // as in FillWorker
  private void copy(PartialBlob partial, ByteBuffer chunk) throws IOException {
    show(partial);
    while (partial.length() < incoming.total()) {
      int _ = read(chunk, incoming.total() - partial.length());
      partial.append(chunk.flip());
      show(partial);
      Thread.yield();
    }
    checkEnd(chunk);
  }

  /** Shows readers all bytes but the last, which they get only when all have been verified. */
  private void show(PartialBlob partial) {
    fill.advance(Math.min(partial.length(), Math.max(0, incoming.total() - 1)));
  }

  private void skip(long bytes, ByteBuffer chunk) throws IOException {
    long left = bytes;
    while (left > 0) {
      left -= read(chunk, left);
    }
  }

  private int read(ByteBuffer chunk, long most) throws IOException {
    chunk.clear().limit((int) Math.min(chunk.capacity(), most));
    int count = readOnce(incoming.bytes(), chunk);
    if (count < 0) {
      throw new IOException("blob " + digest + ": ended " + most + " bytes early");
    }
    return count;
  }

  private void checkEnd(ByteBuffer chunk) throws IOException {
    if (readOnce(incoming.bytes(), chunk.clear()) >= 0) {
      throw new IOException(
          "blob " + digest + ": runs on behind its " + incoming.total() + " bytes");
    }
  }

  private static int readOnce(ReadableByteChannel bytes, ByteBuffer chunk) throws IOException {
    int count = 0;
    while (count == 0) {
      count = bytes.read(chunk);
    }
    return count;
  }

  private List<Link> links() {
    return repositories.stream()
        .map(repository -> new Link(repository, digest, LinkState.PROVEN))
        .toList();
  }
}
