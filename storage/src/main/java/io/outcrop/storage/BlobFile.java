package io.outcrop.storage;

import io.outcrop.oci.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * An open file with the bytes of a blob, shared by those who read it and closed after the last of
 * them. Thread-safe; the channel must be used with explicit positions only.
 */
public final class BlobFile implements AutoCloseable {

  private final Digest digest;
  private final long number;
  private final FileChannel channel;
  private final Consumer<BlobFile> onLastClose;
  private final Consumer<Throwable> onFailure;
  private final AtomicInteger users = new AtomicInteger(1);
  private volatile boolean revoked;
  private volatile Runnable onRevoked = () -> {};

  BlobFile(
      Digest digest,
      long number,
      FileChannel channel,
      Consumer<BlobFile> onLastClose,
      Consumer<Throwable> onFailure) {
    this.digest = digest;
    this.number = number;
    this.channel = channel;
    this.onLastClose = onLastClose;
    this.onFailure = onFailure;
  }

  /** The blob. */
  public Digest digest() {
    return digest;
  }

  /** The file; never to be closed by its readers. */
  public FileChannel channel() {
    return channel;
  }

  /**
   * Tells that bytes which should be there could not be had, so that it is seen to; never blocks.
   */
  public void failed(Throwable cause) {
    onFailure.accept(cause);
  }

  /** Whether the bytes turned out to be wrong, so that none of them may be passed on any more. */
  public boolean isRevoked() {
    return revoked;
  }

  /**
   * Asks to be told, from any thread, when the bytes turn out to be wrong; at once if they have.
   * The listener must be quick. At most one.
   */
  public void onRevoked(Runnable listener) {
    onRevoked = listener;
    if (revoked) {
      listener.run();
    }
  }

  /**
   * Counts one more user, who must {@link #close} in turn.
   *
   * @throws IllegalStateException if the last user has already left
   */
  public BlobFile retain() {
    if (users.getAndUpdate(count -> count == 0 ? 0 : count + 1) == 0) {
      throw new IllegalStateException("blob file used after its last user closed it");
    }
    return this;
  }

  /** Counts one user less. */
  @Override
  public void close() {
    if (users.decrementAndGet() == 0) {
      try {
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } finally {
        onLastClose.accept(this);
      }
    }
  }

  /** Its place among all files that were opened. */
  long number() {
    return number;
  }

  void revoke() {
    revoked = true;
    onRevoked.run();
  }
}
