package io.outcrop.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An open file with the bytes of a blob, shared by those who read it and closed after the last of
 * them. Thread-safe; the channel must be used with explicit positions only.
 */
public final class BlobFile implements AutoCloseable {

  private final FileChannel channel;
  private final Runnable onLastClose;
  private final AtomicInteger users = new AtomicInteger(1);

  BlobFile(FileChannel channel, Runnable onLastClose) {
    this.channel = channel;
    this.onLastClose = onLastClose;
  }

  /** The file; never to be closed by its readers. */
  public FileChannel channel() {
    return channel;
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
        onLastClose.run();
      }
    }
  }
}
