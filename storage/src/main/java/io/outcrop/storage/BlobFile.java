package io.outcrop.storage;

import io.outcrop.oci.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An open file with the bytes of a blob, shared by those who read it and closed after the last of
 * them. Thread-safe; the channel must be used with explicit positions only.
 */
public final class BlobFile implements AutoCloseable {

  private final Digest digest;
  private final long number;
  private final FileChannel channel;
  private final Consumer<Throwable> onFailure;
  private final AtomicInteger users = new AtomicInteger(1);
  private volatile boolean revoked;
  private volatile Runnable onRevoked = () -> {};
  // Guarded by this; null once the last user has left.
  private @Nullable List<Runnable> afterwards = new ArrayList<>(1);

  BlobFile(Digest digest, long number, FileChannel channel, Consumer<Throwable> onFailure) {
    this.digest = digest;
    this.number = number;
    this.channel = channel;
    this.onFailure = onFailure;
  }

  /** Runs something once the last of all users of some files has left; now, if they have. */
  static void whenAllClosed(Collection<BlobFile> files, Runnable action) {
    if (files.isEmpty()) {
      action.run();
    }
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

  /** Whether its bytes are on the disk for it: until it is closed, not until that begins. */
  boolean isOpen() {
    synchronized (this) {
      return afterwards != null;
    }
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
        finish();
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

  private void finish() {
    List<Runnable> actions;
    synchronized (this) {
      actions = afterwards == null ? List.of() : afterwards;
      afterwards = null;
    }
    actions.forEach(Runnable::run);
  }
}
