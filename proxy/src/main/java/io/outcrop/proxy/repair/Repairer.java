package io.outcrop.proxy.repair;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Namespace;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.fill.Fills;
import io.outcrop.proxy.repair.RepairQueue.Task;
import io.outcrop.storage.ContentStore;
import io.outcrop.storage.Damaged;
import io.outcrop.storage.Link;
import io.outcrop.storage.StoreException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Gets damaged content again, one piece at a time and giving way to what clients wait for, for as
 * long as it takes: what could not be had waits in the store, over restarts, and is forgotten only
 * when no repository has it any more. Thread-safe; runs on a virtual thread of its own.
 */
public final class Repairer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Repairer.class);
  private static final int MOST_WAITING = 1_000;
  private static final int PAGE = MOST_WAITING / 2;
  private static final int BATCH = 32;
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
  private static final Duration LONGEST_SLOW_PAUSE = Duration.ofHours(1);
  private static final long LOOK_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final ContentStore store;
  private final Set<Namespace> namespaces;
  private final Refetch refetch;
  private final RepairEvents events;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // Guarded by the lock. What has no place in the queue waits in the store, which is gone through
  // in rounds then: nothing that fails again and again keeps others from their turn.
  private final RepairQueue queue = new RepairQueue(MOST_WAITING);
  private boolean moreInStore = true;
  private boolean leftOut;
  private Optional<Digest> roundAt = Optional.empty();
  private long roundDueNanos = System.nanoTime();
  private int underWay;
  private boolean closed;
  private final Thread thread = Thread.ofVirtual().name("repair").unstarted(this::run);

  /**
   * @param namespaces those that have an upstream
   */
  public Repairer(
      ContentStore store,
      Set<Namespace> namespaces,
      Fills fills,
      ManifestSource manifests,
      RepairEvents events) {
    this.store = store;
    this.namespaces = Set.copyOf(namespaces);
    this.refetch = new Refetch(store, fills, manifests);
    this.events = events;
  }

  /** Begins with what an earlier run has left, and takes what is found from now on. */
  public void start() {
    store.onDamage(this::damaged);
    thread.start();
  }

  /** How many pieces wait, as far as memory has them. */
  public int waiting() {
    lock.lock();
    try {
      return queue.size() + underWay;
    } finally {
      lock.unlock();
    }
  }

  /** Stops; what waits does so in the store. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void damaged(Damaged damaged) {
    lock.lock();
    try {
      offer(new Task(damaged, 0, System.nanoTime()));
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    List<Task> due = awaitDue();
    while (!due.isEmpty()) {
      try {
        attempt(due);
      } catch (InterruptedException e) {
        return; // Closed.
      } catch (StoreException | RuntimeException e) {
        LOG.error("repairing cannot go on for now: {}", e.toString());
        due.forEach(task -> putOff(task, LONGEST_PAUSE));
      }
      due = awaitDue();
    }
  }

  /** Waits for something to do; nothing once closed. */
  private List<Task> awaitDue() {
    lock.lock();
    try {
      while (!closed) {
        refill();
        List<Task> due = queue.takeDue(System.nanoTime(), BATCH);
        underWay = due.size();
        if (!due.isEmpty()) {
          return due;
        }
        var _ = changed.awaitNanos(queue.nanosUntilDue(System.nanoTime(), LOOK_NANOS));
      }
    } catch (InterruptedException e) {
      // Closed.
    } finally {
      lock.unlock();
    }
    return List.of();
  }

  private void offer(Task task) {
    if (!queue.offer(task)) {
      moreInStore = true;
      leftOut = true;
    }
  }

  /** Takes from the store what had no place in memory before. */
  private void refill() {
    if (!moreInStore || queue.size() > PAGE) {
      return;
    }
    try {
      List<Damaged> page = store.damageLog().pending(roundAt, PAGE);
      page.forEach(damaged -> offer(new Task(damaged, 0, roundDueNanos)));
      if (page.size() == PAGE) {
        roundAt = Optional.of(page.getLast().content());
      } else {
        roundAt = Optional.empty();
        roundDueNanos = System.nanoTime() + LONGEST_PAUSE.toNanos();
        moreInStore = leftOut;
        leftOut = false;
      }
    } catch (StoreException e) {
      LOG.warn("what waits to be repaired cannot be read: {}", e.getMessage());
    }
  }

  private void attempt(List<Task> due) throws StoreException, InterruptedException {
    Map<Digest, List<Link>> holders =
        store
            .directory()
            .holders(
                due.stream().map(task -> task.damaged().content()).collect(Collectors.toSet()));
    for (Task task : due) {
      attempt(task, holders.getOrDefault(task.damaged().content(), List.of()));
    }
  }

  private void attempt(Task task, List<Link> links) throws StoreException, InterruptedException {
    Damaged damaged = task.damaged();
    List<Repository> repositories =
        links.stream()
            .filter(link -> namespaces.contains(link.repository().namespace()))
            .sorted(Comparator.comparing(Link::state).reversed())
            .map(Link::repository)
            .toList();
    switch (refetch.run(damaged, repositories)) {
      case Refetch.Result.Here _ -> {
        store.damageLog().settled(damaged.content());
        events.repaired(damaged);
        LOG.info("content {} is here again", damaged.content());
      }
      case Refetch.Result.Gone _ -> {
        store.damageLog().settled(damaged.content());
        events.lost(damaged);
        LOG.warn(
            "content {} is given up: it is no longer in any of {}",
            damaged.content(),
            repositories.isEmpty() ? "the configured upstreams" : repositories);
      }
      case Refetch.Result.Later(String why, boolean slowly, Optional<Duration> notBefore) -> {
        Duration pause = pause(task.failures(), slowly ? LONGEST_SLOW_PAUSE : LONGEST_PAUSE);
        if (notBefore.isPresent() && notBefore.get().compareTo(pause) > 0) {
          pause = notBefore.get();
        }
        LOG.atLevel(task.failures() == 0 ? Level.INFO : Level.DEBUG)
            .log(
                "content {} cannot be fetched again yet: {}; next attempt in {} s",
                damaged.content(),
                why,
                pause.toSeconds());
        putOff(task, pause);
      }
    }
  }

  private void putOff(Task task, Duration pause) {
    lock.lock();
    try {
      if (moreInStore) {
        leftOut = true; // Its place is for another one; its turn comes with the next round.
      } else {
        offer(new Task(task.damaged(), task.failures() + 1, System.nanoTime() + pause.toNanos()));
      }
    } finally {
      lock.unlock();
    }
  }

  private static Duration pause(int failures, Duration longest) {
    long base =
        Math.min(
            longest.toMillis(), FIRST_PAUSE.toMillis() << Math.min(failures, Integer.SIZE / 2));
    // Half fixed, half random: edges that lost the same uplink do not come back at one instant.
    return Duration.ofMillis(base / 2 + ThreadLocalRandom.current().nextLong(base / 2 + 1));
  }
}
