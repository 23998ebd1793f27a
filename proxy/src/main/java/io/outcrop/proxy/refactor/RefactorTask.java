package io.outcrop.proxy.refactor;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import io.outcrop.refactor.RefactorProgress;
import io.outcrop.refactor.model.Cancellation;
import io.outcrop.storage.DerivedImage;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** One image to be refactored, or being so. Thread-safe. */
public final class RefactorTask implements RefactorProgress {

  /**
   * What is refactored.
   *
   * @param source an image or index
   */
  record Subject(Repository repository, Digest source) {
    @Override
    public String toString() {
      return repository + "@" + source;
    }
  }

  /**
   * How far it is.
   *
   * @param phase what is being done
   * @param done bytes of the phase
   * @param total how many there will be
   */
  public record State(Phase phase, long done, long total) {}

  private final Subject subject;
  private final Cancellation cancellation = Cancellation.untilCancelled();
  private final CompletableFuture<DerivedImage> end = new CompletableFuture<>();
  private final AtomicBoolean taken = new AtomicBoolean();
  private final AtomicLong scanned = new AtomicLong();
  private volatile boolean urgent;
  private volatile State state = new State(Phase.SCAN, 0, 0);

  RefactorTask(Subject subject) {
    this.subject = subject;
  }

  Subject subject() {
    return subject;
  }

  /** The repository and digest of what is refactored. */
  public String name() {
    return subject.toString();
  }

  /** Somebody waits for it. */
  void hurry() {
    urgent = true;
  }

  boolean isUrgent() {
    return urgent;
  }

  /** Whether the caller is to do it: the first is. */
  boolean take() {
    return taken.compareAndSet(false, true);
  }

  /** Whether it is being done. */
  public boolean isRunning() {
    return taken.get() && !end.isDone();
  }

  Cancellation cancellation() {
    return cancellation;
  }

  /** Asks for it to end soon. */
  void cancel() {
    cancellation.cancel();
  }

  /** Completes when it has ended; fails if nothing can be said of the image now. */
  CompletableFuture<DerivedImage> end() {
    return end;
  }

  /** How far it is. */
  public State state() {
    return state;
  }

  /** Bytes of layers that were read, packed. */
  long scannedBytes() {
    return scanned.get();
  }

  @Override
  public void advanced(Phase phase, long done, long total) {
    if (phase == Phase.SCAN) {
      scanned.accumulateAndGet(done, Math::max);
    }
    state = new State(phase, done, total);
  }
}
