package io.outcrop.storage;

import io.outcrop.oci.Digest;
import io.outcrop.storage.ContentVerifier.Verdict;
import io.outcrop.storage.ScrubStatus.Activity;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hashes all content of a store again, over and over, so that what a disk has changed is found
 * before anybody is served it. Thread-safe; runs on a thread of its own.
 */
public final class Scrubber implements AutoCloseable {

  /*
   * A pass goes through the entries in the order of their digests. Content that arrives behind the
   * cursor was hashed as it came, and waits for the next pass; content that leaves is no matter. The
   * cursor is written down every few seconds, and a piece of content begins at its front again
   * after a restart or a pause. The clock of an edge may jump: what is due is looked at again and
   * again rather than waited for in one go.
   */

  private static final Logger LOG = LoggerFactory.getLogger(Scrubber.class);
  private static final byte[] STATE_KEY = "scrub".getBytes(StandardCharsets.UTF_8);
  private static final int PAGE = 256;
  private static final long SAVE_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long TROUBLE_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

  private final MetadataStore metadata;
  private final ContentVerifier verifier;
  private final ScrubOptions options;
  private final InstantSource clock;
  private final SteadyPace pace;
  private final LongAdder checked = new LongAdder();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Thread thread =
      Thread.ofPlatform().daemon().name("outcrop-scrub").unstarted(this::run);
  // Guarded by the lock.
  private ScrubState state;
  private boolean closed;
  private long savedAt = System.nanoTime();

  Scrubber(
      MetadataStore metadata, ContentVerifier verifier, ScrubOptions options, InstantSource clock)
      throws StoreException {
    this.metadata = metadata;
    this.verifier = verifier;
    this.options = options;
    this.clock = clock;
    this.pace = new SteadyPace(options.bytesPerSecond(), System::nanoTime);
    Optional<ScrubState> saved = metadata.get(Table.META, STATE_KEY).flatMap(ScrubState::decode);
    this.state = saved.orElseGet(() -> ScrubState.initial(clock.instant()));
    if (saved.isEmpty()) {
      save();
    }
  }

  /** Starts checking when it is time to. */
  public void start() {
    thread.start();
  }

  /** Begins a pass now, or goes on with one that is paused; no matter if one is running. */
  public void goOn() {
    lock.lock();
    try {
      state = state.withPaused(false);
      if (!state.underWay()) {
        state = state.begun(clock.instant());
      }
      save();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Reads nothing more, also after a restart, until told to go on. */
  public void pause() {
    lock.lock();
    try {
      state = state.withPaused(true);
      save();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** What it is doing. */
  public ScrubStatus status() {
    lock.lock();
    try {
      Optional<Instant> next =
          state.paused() || state.underWay()
              ? Optional.empty()
              : options.interval().map(time -> state.dueAt(time, clock.instant()));
      return new ScrubStatus(
          state.paused() ? Activity.PAUSED : state.underWay() ? Activity.RUNNING : Activity.IDLE,
          state.current(),
          state.last(),
          next,
          checked.sum(),
          verifier.bytes());
    } finally {
      lock.unlock();
    }
  }

  /** Stops, for the next start to go on from here. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      // A disk that does not answer holds up nobody.
      if (thread.isAlive() && !thread.join(CLOSE_PATIENCE)) {
        LOG.warn("the scrub still waits for the disk and is left behind");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (awaitWork()) {
      try {
        List<Digest> page = nextPage();
        if (page.isEmpty()) {
          endPass();
        } else {
          check(page);
        }
      } catch (StoreException | RuntimeException e) {
        LOG.error("the scrub cannot go on for now: {}", e.toString());
        await(TROUBLE_NANOS);
      }
    }
    lock.lock();
    try {
      save();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until there is something to do; false once closed. */
  private boolean awaitWork() {
    lock.lock();
    try {
      while (!closed && !beginsOrGoesOn()) {
        awaitChange(LOOK_NANOS);
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private boolean beginsOrGoesOn() {
    if (state.paused() || state.underWay()) {
      return !state.paused();
    }
    Instant now = clock.instant();
    if (options.interval().filter(time -> !state.dueAt(time, now).isAfter(now)).isEmpty()) {
      return false;
    }
    state = state.begun(now);
    save();
    return true;
  }

  private List<Digest> nextPage() throws StoreException {
    byte[] from = cursor().map(ContentStore::behind).orElseGet(() -> new byte[0]);
    List<Digest> page = new ArrayList<>();
    metadata.scan(
        Table.CONTENT,
        new byte[0],
        from,
        (key, value) -> {
          page.add(Digest.parse(new String(key, StandardCharsets.UTF_8)));
          return page.size() < PAGE;
        });
    return page;
  }

  private Optional<Digest> cursor() {
    lock.lock();
    try {
      return state.cursor();
    } finally {
      lock.unlock();
    }
  }

  private void check(List<Digest> page) throws StoreException {
    for (Digest digest : page) {
      long before = verifier.bytes();
      Verdict verdict = verifier.check(digest, this::step, pace::read);
      if (verdict == Verdict.STOPPED) {
        return;
      }
      advance(digest, verifier.bytes() - before, verdict);
    }
  }

  private void advance(Digest digest, long bytes, Verdict verdict) {
    boolean there = verdict != Verdict.GONE;
    if (there) {
      checked.increment();
    }
    lock.lock();
    try {
      state = state.advanced(digest, bytes, verdict != Verdict.DAMAGED, there);
      if (System.nanoTime() - savedAt > SAVE_NANOS) {
        save();
      }
    } finally {
      lock.unlock();
    }
  }

  private void endPass() {
    lock.lock();
    try {
      state = state.ended(clock.instant());
      save();
      state
          .last()
          .ifPresent(pass ->
              LOG.info(
                  "scrub: checked {} pieces of content, {} MB, in {} s; {} damaged",
                  pass.checked(),
                  pass.bytes() / 1_000_000,
                  Duration.between(pass.startedAt(), clock.instant()).toSeconds(),
                  pass.damaged()));
    } finally {
      lock.unlock();
    }
  }

  /** Waits until the next read is due; false if there is to be none. */
  private boolean step() {
    lock.lock();
    try {
      long wait = pace.untilDue();
      while (!closed && !state.paused() && wait > 0) {
        awaitChange(wait);
        wait = pace.untilDue();
      }
      return !closed && !state.paused();
    } finally {
      lock.unlock();
    }
  }

  private void await(long nanos) {
    lock.lock();
    try {
      if (!closed) {
        awaitChange(nanos);
      }
    } finally {
      lock.unlock();
    }
  }

  @SuppressWarnings("WaitNotInLoop") // Every caller looks again at what it waits for.
  private void awaitChange(long nanos) {
    try {
      var _ = changed.awaitNanos(nanos);
    } catch (InterruptedException e) {
      closed = true; // Nobody interrupts this thread but to end it.
    }
  }

  /** Writes down where it is; called under the lock. */
  private void save() {
    try {
      metadata.write(new Batch().put(Table.META, STATE_KEY, state.encoded()));
      savedAt = System.nanoTime();
    } catch (StoreException e) {
      LOG.warn("where the scrub is cannot be written down: {}", e.getMessage());
    }
  }
}
