package io.outcrop.proxy.jobs;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One piece of long work. Thread-safe. */
public final class Job {

  private static final Logger LOG = LoggerFactory.getLogger(Job.class);

  /** What became of it. */
  public enum State {
    /** It is being done. */
    RUNNING,
    /** It was done. */
    DONE,
    /** It cannot be done. */
    FAILED,
    /** Somebody did not want it any more. */
    CANCELLED
  }

  private final String id;
  private final String kind;
  private final String subject;
  private final JobWork work;
  private final InstantSource clock;
  private final Instant startedAt;
  private final CompletableFuture<State> end = new CompletableFuture<>();
  // Guarded by this.
  private State state = State.RUNNING;
  private @Nullable Thread thread;
  private @Nullable Instant endedAt;
  private @Nullable String problem;
  private volatile @Nullable Progress progressAtEnd;

  Job(String id, String kind, String subject, JobWork work, InstantSource clock) {
    this.id = id;
    this.kind = kind;
    this.subject = subject;
    this.work = work;
    this.clock = clock;
    this.startedAt = clock.instant();
  }

  /** What it is asked for by. */
  public String id() {
    return id;
  }

  /** What it does, in a word. */
  public String kind() {
    return kind;
  }

  /** What it does that to. */
  public String subject() {
    return subject;
  }

  /** How far it is, or was when it ended. */
  public Progress progress() {
    Progress last = progressAtEnd;
    return last == null ? work.progress() : last;
  }

  /** What came of it, in words, if there is anything to say. */
  public Optional<String> result() {
    return work.result();
  }

  /** When it began. */
  public Instant startedAt() {
    return startedAt;
  }

  /** What has become of it so far. */
  public synchronized State state() {
    return state;
  }

  /** When it ended, if it has. */
  public synchronized Optional<Instant> endedAt() {
    return Optional.ofNullable(endedAt);
  }

  /** Why it failed, if it has. */
  public synchronized Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  /** Waits until it has ended; what became of it. */
  public State await() throws InterruptedException {
    try {
      return end.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a job ends, well or badly", e);
    }
  }

  /** Ends it, if it has not ended; it may take a moment to. */
  public synchronized void cancel() {
    if (state == State.RUNNING) {
      state = State.CANCELLED;
      if (thread != null) {
        thread.interrupt();
      }
    }
  }

  void run() {
    if (!begin()) {
      return;
    }
    try {
      work.run();
      end(State.DONE, null);
    } catch (InterruptedException e) {
      end(State.CANCELLED, null);
    } catch (Exception e) {
      if (e instanceof RuntimeException) {
        LOG.error("{} {} failed here", kind, subject, e);
      }
      end(State.FAILED, String.valueOf(e.getMessage()));
    } catch (Error e) {
      end(State.FAILED, e.toString());
      throw e;
    }
  }

  void reject() {
    end(State.FAILED, "shutting down");
  }

  private synchronized boolean begin() {
    thread = Thread.currentThread();
    if (state == State.CANCELLED) {
      end(State.CANCELLED, null);
      return false;
    }
    return true;
  }

  private void end(State how, @Nullable String why) {
    progressAtEnd = work.progress();
    State ended;
    synchronized (this) {
      thread = null;
      // Whoever cancelled it is not to be told of what that broke.
      ended = state == State.CANCELLED && how != State.DONE ? State.CANCELLED : how;
      state = ended;
      problem = ended == State.FAILED ? why : null;
      endedAt = clock.instant();
    }
    end.complete(ended);
  }
}
