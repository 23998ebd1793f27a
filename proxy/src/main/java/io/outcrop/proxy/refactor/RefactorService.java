package io.outcrop.proxy.refactor;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.fill.Fills;
import io.outcrop.proxy.refactor.RefactorTask.Subject;
import io.outcrop.proxy.resolve.ManifestService;
import io.outcrop.proxy.resolve.ServedManifest;
import io.outcrop.proxy.upstream.UpstreamException;
import io.outcrop.refactor.RefactorEngine;
import io.outcrop.refactor.model.CancelledException;
import io.outcrop.storage.DerivedImage;
import io.outcrop.storage.DerivedImage.Made;
import io.outcrop.storage.DerivedImage.Part;
import io.outcrop.storage.DerivedImage.Refused;
import io.outcrop.storage.cache.ReplacementPolicy;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refactors images: behind the scenes what clients pull, one after the other, on a budget of
 * processors and not while bytes come that clients wait for; and at once what somebody waits for.
 * Thread-safe.
 */
public final class RefactorService implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RefactorService.class);
  private static final int MOST_WAITING = 1_000;
  private static final int MOST_KNOWN = 10_000;
  private static final Duration SETTLE = Duration.ofMillis(500);
  private static final Duration RETRY = Duration.ofMinutes(5);
  private static final Duration UPKEEP = Duration.ofMinutes(10);
  private static final Duration LOOK = Duration.ofMillis(50);
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

  private final ManifestService manifests;
  private final Fills fills;
  private final ImageRefactorer images;
  private final IndexRefactorer indexes;
  private final Engines engines;
  private final Upkeep upkeep;
  private final RefactorEvents events;
  // Upkeep lets go of what belongs to no image yet; those who work are readers.
  private final ReentrantReadWriteLock working = new ReentrantReadWriteLock();
  private final Map<Subject, RefactorTask> tasks = new ConcurrentHashMap<>();
  // What need not be thought about at each pull.
  private final Cache<Subject, Boolean> settled =
      Caffeine.newBuilder().maximumSize(MOST_KNOWN).build();
  private final Cache<Subject, String> failures =
      Caffeine.newBuilder().maximumSize(MOST_KNOWN).expireAfterWrite(RETRY).build();
  private final ScheduledExecutorService behind =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("outcrop-refactor").factory());
  private final ExecutorService atOnce =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("refactor-", 0).factory());

  /**
   * The engines, which share what they know of layers.
   *
   * @param budgeted for work behind the scenes
   * @param urgent for what somebody waits for
   */
  record Engines(RefactorEngine budgeted, RefactorEngine urgent) {}

  RefactorService(
      ManifestService manifests,
      Fills fills,
      ImageRefactorer images,
      IndexRefactorer indexes,
      Engines engines,
      Upkeep upkeep,
      RefactorEvents events) {
    this.manifests = manifests;
    this.fills = fills;
    this.images = images;
    this.indexes = indexes;
    this.engines = engines;
    this.upkeep = upkeep;
    this.events = events;
    var _ =
        behind.scheduleWithFixedDelay(
            this::lookAfter, UPKEEP.toMinutes(), UPKEEP.toMinutes(), TimeUnit.MINUTES);
  }

  /** Refactors an image when there is time, unless that has been done or tried; never blocks. */
  void consider(Repository repository, Digest source) {
    Subject subject = new Subject(repository, source);
    if (settled.getIfPresent(subject) != null
        || failures.getIfPresent(subject) != null
        || tasks.size() >= MOST_WAITING
        || tasks.containsKey(subject)) {
      return;
    }
    RefactorTask task = new RefactorTask(subject);
    if (tasks.putIfAbsent(subject, task) == null) {
      try {
        // A client that has just taken the manifest is about to ask for the layers.
        var _ = behind.schedule(() -> run(task), SETTLE.toMillis(), TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException e) {
        abandon(task);
      }
    }
  }

  /** Refactors an image at once, or hurries those who do; what came of it before is as good. */
  RefactorTask want(Repository repository, Digest source) {
    Subject subject = new Subject(repository, source);
    RefactorTask task = tasks.computeIfAbsent(subject, RefactorTask::new);
    task.hurry();
    try {
      atOnce.execute(() -> run(task));
    } catch (RejectedExecutionException e) {
      abandon(task);
    }
    return task;
  }

  /** What is being done, or waits for its turn. */
  public Collection<RefactorTask> tasks() {
    return Collections.unmodifiableCollection(tasks.values());
  }

  /** Why an image could not be dealt with lately. */
  Optional<String> failure(Repository repository, Digest source) {
    return Optional.ofNullable(failures.getIfPresent(new Subject(repository, source)));
  }

  /** Lets an image be thought about again. */
  void reconsider(Repository repository, Digest source) {
    settled.invalidate(new Subject(repository, source));
    failures.invalidate(new Subject(repository, source));
  }

  /** Ends all work; what was finished of it is kept for the next start. */
  @Override
  public void close() {
    behind.shutdownNow();
    atOnce.shutdownNow();
    tasks.values().forEach(RefactorTask::cancel);
    try {
      long until = System.nanoTime() + CLOSE_PATIENCE.toNanos();
      if (!behind.awaitTermination(until - System.nanoTime(), TimeUnit.NANOSECONDS)
          || !atOnce.awaitTermination(until - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        LOG.warn("refactoring that still runs after {} is left behind", CLOSE_PATIENCE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    tasks.values().forEach(this::abandon);
  }

  private void abandon(RefactorTask task) {
    tasks.remove(task.subject(), task);
    task.end().completeExceptionally(new IOException("shutting down"));
  }

  private void run(RefactorTask task) {
    if (!task.take()) {
      return;
    }
    Subject subject = task.subject();
    long began = System.nanoTime();
    working.readLock().lock();
    try {
      DerivedImage image = refactor(task);
      settled.put(subject, true);
      tell(subject, image, began);
      task.end().complete(image);
    } catch (CancelledException e) {
      task.end().completeExceptionally(e);
    } catch (UpstreamException | IOException | RuntimeException e) {
      String why = e instanceof RuntimeException ? e.toString() : String.valueOf(e.getMessage());
      failures.put(subject, why);
      events.imageEnded("failed");
      if (e instanceof RuntimeException) {
        LOG.error("{} cannot be refactored", subject, e);
      } else {
        LOG.warn("{} is not refactored now: {}", subject, why);
      }
      task.end().completeExceptionally(e);
    } catch (Error e) {
      task.end().completeExceptionally(e);
      throw e;
    } finally {
      working.readLock().unlock();
      events.scanned(task.scannedBytes());
      tasks.remove(subject, task);
    }
  }

  private void lookAfter() {
    if (!working.writeLock().tryLock()) {
      return; // The next time will do.
    }
    try {
      upkeep.run();
    } catch (IOException | RuntimeException e) {
      LOG.warn("what is known of refactored images is not tidied up: {}", e.toString());
    } finally {
      working.writeLock().unlock();
    }
  }

  private DerivedImage refactor(RefactorTask task) throws UpstreamException, IOException {
    Pace pace = () -> await(task);
    pace.await();
    Repository repository = task.subject().repository();
    RefactorEngine engine = task.isUrgent() ? engines.urgent : engines.budgeted;
    ServedManifest source =
        manifests.get(repository, task.subject().source(), ReplacementPolicy.UNKNOWN_CLIENT);
    return source.mediaType().isIndex()
        ? indexes.refactor(repository, source, image -> images.refactor(task, image, engine, pace))
        : images.refactor(task, source.digest(), engine, pace);
  }

  /** Work that nobody waits for lets clients go first. */
  private void await(RefactorTask task) throws CancelledException {
    task.cancellation().check();
    while (!task.isUrgent() && fills.clientsAreServed()) {
      LockSupport.parkNanos(LOOK.toNanos());
      task.cancellation().check();
    }
  }

  private void tell(Subject subject, DerivedImage image, long began) {
    switch (image.result()) {
      case Made made -> {
        events.imageEnded("refactored");
        LOG.info(
            "refactored {} as {}: {} parts, {} bytes of them new, in {} ms",
            subject,
            made.root(),
            made.parts().size(),
            made.parts().stream().filter(Part::isNew).mapToLong(Part::size).sum(),
            (System.nanoTime() - began) / 1_000_000);
      }
      case Refused(String reason, String detail) -> {
        events.imageEnded("refused");
        LOG.info("{} is served as it is: {}: {}", subject, reason, detail);
      }
    }
  }
}
