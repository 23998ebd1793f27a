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
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * One blob on its way here, and those who read it meanwhile. One thread drives it; readers may come
 * and go on any. It goes on when they have all gone.
 *
 * <p>One that was begun ahead of any client goes slowly where clients wait for other bytes, and may
 * be given up. That ends for good when a client wants it.
 */
public final class Fill {

  private final Digest digest;
  private final Repository repository;
  private final CompletableFuture<Started> started = new CompletableFuture<>();
  private final CompletableFuture<Outcome> ended = new CompletableFuture<>();
  private final Set<Reader> readers = ConcurrentHashMap.newKeySet();
  private volatile long available;
  private volatile Optional<Exception> failure = Optional.empty();
  private volatile Optional<Detour> detour = Optional.empty();
  private volatile boolean revoked;
  // Guarded by this: the file is let go of when the fill has ended and its last reader left.
  private @Nullable BlobFile file;
  private int users = 1;
  private Interest interest = Interest.NOBODY;
  private volatile boolean unwanted;
  private volatile boolean gaveWay;
  private volatile Optional<String> whyUnkept = Optional.empty();

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

  /** Bytes that readers may have by now. */
  public long available() {
    return available;
  }

  /** Whether a client has asked for it. */
  public synchronized boolean isWanted() {
    return switch (interest) {
      case ONE, ONE_ONLY, KEEP -> true;
      case NOBODY, GIVEN_UP -> false;
    };
  }

  /** Runs something, on any thread, once it has ended and its blob is held if it is kept. */
  public void onEnd(Runnable told) {
    var _ = ended.thenRun(told);
  }

  /** Whether it was given up only to let clients have the uplink, and may be begun again. */
  public boolean gaveWay() {
    return gaveWay;
  }

  /** Gives it up, unless a client wants it; takes effect with the next bytes that come. */
  public void cancelUnlessWanted() {
    unwanted = true;
  }

  /**
   * Counts one more client that asks for the blob.
   *
   * @return false if it has failed or been given up, or passes through for the first who asked
   *     only: then it takes another fill
   */
  synchronized boolean ask() {
    if (failure.isPresent()) {
      return false; // It is about to end, and whoever joined would only see that.
    }
    switch (interest) {
      case NOBODY -> interest = Interest.ONE;
      case ONE, KEEP -> interest = Interest.KEEP;
      case ONE_ONLY, GIVEN_UP -> {
        return false;
      }
    }
    return true;
  }

  /**
   * Makes the blob worth keeping whatever its size: it is fetched in order to be kept.
   *
   * @return false if it takes another fill, as with {@link #ask}
   */
  synchronized boolean keep() {
    if (failure.isPresent() || interest == Interest.ONE_ONLY || interest == Interest.GIVEN_UP) {
      return false;
    }
    interest = Interest.KEEP;
    return true;
  }

  /** Whether more than one client has asked for it, or it is to be kept anyhow. */
  synchronized boolean isWorthKeeping() {
    return interest == Interest.KEEP;
  }

  /** Gives it up, unless a client wants it; whether it was. */
  synchronized boolean giveUp() {
    if (isWanted()) {
      return false;
    }
    interest = Interest.GIVEN_UP;
    return true;
  }

  /**
   * Keeps others from joining, as the blob is not worth keeping for the one who asked.
   *
   * @return false if it is to be kept by now
   */
  synchronized boolean passThrough() {
    if (interest == Interest.ONE) {
      interest = Interest.ONE_ONLY;
    }
    return interest == Interest.ONE_ONLY;
  }

  /** Notes that it was given up for clients that wait for others. */
  void giveWay() {
    gaveWay = true;
  }

  /** Whether somebody who began it ahead has lost interest. */
  boolean isUnwanted() {
    return unwanted;
  }

  /** Notes that the blob is not kept, and why. */
  void unkept(String why) {
    whyUnkept = Optional.of(why);
  }

  /** Completes when it has ended and all it leaves behind is in its place; never fails. */
  CompletableFuture<Outcome> ended() {
    return ended;
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
    growing.ifPresent(kept -> kept.onRevoked(this::revoke));
    started.complete(facts);
  }

  /** What was kept has rotted while somebody still reads it. */
  private void revoke() {
    revoked = true;
    wakeReaders();
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
    ended.complete(new Outcome(failure, whyUnkept));
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

  private synchronized BlobFile file() {
    if (file == null) {
      throw new IllegalStateException("read of " + digest + " after its last reader left");
    }
    return file;
  }

  /**
   * What is known once the upstream has answered.
   *
   * @param size length of the blob in bytes
   * @param origin who may read it there
   */
  record Started(long size, Origin origin) {}

  /**
   * How it ended.
   *
   * @param failure why the blob did not come, if it did not
   * @param whyUnkept why it came and is not kept, if so
   */
  record Outcome(Optional<Exception> failure, Optional<String> whyUnkept) {}

  private enum Interest {
    /** No client has asked for it. */
    NOBODY,
    ONE,
    /** It is not kept, and passes through for the client who asked. */
    ONE_ONLY,
    /** Several clients wait for it, or it is fetched to be kept. */
    KEEP,
    /** It was begun ahead, and is about to end. */
    GIVEN_UP
  }

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
      return file().channel();
    }

    @Override
    public boolean isRevoked() {
      return revoked;
    }

    @Override
    public void readFailed(Throwable cause) {
      file().failed(cause);
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
