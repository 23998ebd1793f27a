package io.outcrop.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An open file with the bytes of a blob, shared by those who read it and closed after the last of
 * them. Thread-safe; the channel must be used with explicit positions only.
 */
public final class BlobFile implements AutoCloseable {

  private final FileChannel channel;
  private final AtomicInteger users = new AtomicInteger(1);
  // Guarded by this; null once the last user has left.
  private @Nullable List<Runnable> afterwards = new ArrayList<>(1);

  BlobFile(FileChannel channel) {
    this.channel = channel;
  }

  /** Runs something once the last of all users of some files has left; now, if they have. */
  static void whenAllClosed(Collection<BlobFile> files, Runnable action) {
    AtomicInteger open = new AtomicInteger(files.size());
    for (BlobFile file : files) {
      file.whenClosed(() -> {
        if (open.decrementAndGet() == 0) {
          action.run();
        }
      });
    }
  }

  /** Runs something once the last user has left; now, if that is so. It must be quick. */
  void whenClosed(Runnable action) {
    synchronized (this) {
      if (afterwards != null) {
        afterwards.add(action);
        return;
      }
    }
    action.run();
  }

  /** Whether somebody has it open. */
  boolean isOpen() {
    return users.get() > 0;
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
        finish();
      }
    }
  }

  private void finish() {
    List<Runnable> actions;
    synchronized (this) {
      actions = afterwards == null ? List.of() : afterwards;
      afterwards = null;
    }
    actions.forEach(Runnable::run);
  }
}
