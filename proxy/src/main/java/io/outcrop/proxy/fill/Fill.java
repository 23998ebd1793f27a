package io.outcrop.proxy.fill;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import io.outcrop.storage.BlobFile;
import io.outcrop.storage.ContentInfo.Origin;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * One blob on its way here, and those who read it meanwhile. One thread drives it; readers may come
 * and go on any. It goes on when they have all gone.
 */
public final class Fill {

  private final Digest digest;
  private final Repository repository;
  private final CompletableFuture<Started> started = new CompletableFuture<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Set<Reader> readers = ConcurrentHashMap.newKeySet();
  private volatile long available;
  private volatile Optional<Exception> failure = Optional.empty();
  private volatile Optional<Detour> detour = Optional.empty();
  // Guarded by this: the file is let go of when the fill has ended and its last reader left.
  private @Nullable BlobFile file;
  private int users = 1;
  private boolean wanted;
  private boolean forOneOnly;

  Fill(Repository repository, Digest digest) {
    this.repository = repository;
    this.digest = digest;
  }

  /** The blob on its way. */
  public Digest digest() {
    return digest;
  }

  /** The repository it is fetched from. */
  public Repository repository() {
    return repository;
  }

  /** Makes the blob worth keeping whatever its size: it is fetched in order to be kept. */
  public synchronized void want() {
    wanted = true;
  }

  /**
   * Counts one more who asks for the blob.
   *
   * @return false if it passes through for the first who asked only: then it takes another fill,
   *     and that one will keep it
   */
  synchronized boolean ask() {
    wanted |= !forOneOnly;
    return !forOneOnly;
  }

  /** Whether more than one has asked, or it is to be kept anyhow. */
  synchronized boolean isWanted() {
    return wanted;
  }

  /**
   * Keeps others from joining, as the blob is not worth keeping for the one who asked.
   *
   * @return false if it is wanted by now
   */
  synchronized boolean passThrough() {
    forOneOnly = !wanted;
    return forOneOnly;
  }

  /** Bytes that readers may have by now. */
  public long available() {
    return available;
  }

  /** Why it ended, if it did so badly. */
  Optional<Exception> failure() {
    return failure;
  }

  /** Completes once the upstream has answered; fails if it cannot be had at all. */
  CompletableFuture<Started> started() {
    return started;
  }

  /**
   * Joins a started fill.
   *
   * @return empty if it has ended meanwhile
   */
  synchronized Optional<BlobContent> join(Started facts) {
    // One that was diverted before it showed anything is as good after its end as before.
    boolean needsNoFile = detour.isPresent() && available == 0;
    if (users == 0 && !needsNoFile) {
      return Optional.empty();
    }
    users++;
    Reader reader = new Reader(facts.size());
    readers.add(reader);
    return Optional.of(reader);
  }

  /** Tells that the upstream has answered, and where the bytes will stand, if anywhere. */
  void start(Started facts, Optional<BlobFile> growing) {
    synchronized (this) {
      file = growing.map(BlobFile::retain).orElse(null);
    }
    started.complete(facts);
  }

  /** Tells that bytes are there for readers up to an offset. */
  void advance(long offset) {
    available = offset;
    wakeReaders();
  }

  /** Tells that the rest must be had elsewhere. */
  void divert(Detour way) {
    detour = Optional.of(way);
    wakeReaders();
  }

  /** Tells that there will be no more. */
  void fail(Exception cause) {
    failure = Optional.of(cause);
    started.completeExceptionally(cause);
    wakeReaders();
  }

  /** Ends the driver's part. */
  void end() {
    leave();
    ended.countDown();
  }

  /** Waits until the driver's part has ended. */
  void awaitEnd() throws InterruptedException {
    ended.await();
  }

  /** Joins, if the upstream has answered and the bytes come to a file. Never blocks. */
  Optional<BlobContent> joinIfFlowing() {
    return started.state() == Future.State.SUCCESS && detour.isEmpty() && failure.isEmpty()
        ? join(started.resultNow())
        : Optional.empty();
  }

  private void wakeReaders() {
    for (Reader reader : readers) {
      reader.listener.run();
    }
  }

  private synchronized void leave() {
    users--;
    if (users == 0 && file != null) {
      file.close();
      file = null;
    }
  }

  private synchronized FileChannel channel() {
    if (file == null) {
      throw new IllegalStateException("read of " + digest + " after its last reader left");
    }
    return file.channel();
  }

  /**
   * What is known once the upstream has answered.
   *
   * @param size length of the blob in bytes
   * @param origin who may read it there
   */
  record Started(long size, Origin origin) {}

  private final class Reader implements BlobContent {
    private final long size;
    private volatile Runnable listener = () -> {};
    private boolean closed;

    Reader(long size) {
      this.size = size;
    }

    @Override
    public long size() {
      return size;
    }

    @Override
    public long available() {
      return available;
    }

    @Override
    public FileChannel channel() {
      return Fill.this.channel();
    }

    @Override
    public Optional<Exception> failure() {
      return failure;
    }

    @Override
    public Optional<Detour> detour() {
      return detour;
    }

    @Override
    public void onProgress(Runnable told) {
      listener = told;
    }

    @Override
    public void close() {
      synchronized (Fill.this) {
        if (closed) {
          return;
        }
        closed = true;
        readers.remove(this);
        leave();
      }
    }
  }
}
