package io.outcrop.refactor.build;

import io.outcrop.refactor.model.CancelledException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Threads for what keeps a processor busy, no more of them at a time than allowed, whoever asks.
 * They are the operating system's: virtual threads that compute would keep those that serve pulls
 * waiting. Thread-safe.
 */
public final class Workers {

  /** What is done with one of many things. */
  public interface Task<T> {
    /** Does it. */
    void accept(T item) throws IOException;
  }

  private final int count;
  private final Semaphore processors;

  /**
   * @param processors how many may be kept busy, at least 1
   */
  public Workers(int processors) {
    if (processors < 1) {
      throw new IllegalArgumentException("processors: " + processors + " (expected: >= 1)");
    }
    this.count = processors;
    this.processors = new Semaphore(processors, true);
  }

  /**
   * Does something with each of many things, some at the same time. The first failure ends the
   * others, by interrupting them, and is thrown. Must not be called by a task.
   *
   * @param processorsEach how many processors one of them keeps busy
   */
  public <T> void forEach(List<T> items, int processorsEach, Task<T> task) throws IOException {
    int permits = Math.min(processorsEach, count);
    int threads = Math.min(items.size(), Math.max(1, count / permits));
    AtomicInteger next = new AtomicInteger();
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    List<Thread> all = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      all.add(
          Thread.ofPlatform()
              .daemon()
              .name("outcrop-refactor-" + i)
              .unstarted(() -> {
                try {
                  work(items, next, permits, task);
                } catch (Throwable e) {
                  if (failure.compareAndSet(null, e)) {
                    all.forEach(Thread::interrupt);
                  }
                }
              }));
    }
    all.forEach(Thread::start);
    join(all);
    rethrow(failure.get());
  }

  private <T> void work(List<T> items, AtomicInteger next, int permits, Task<T> task)
      throws IOException {
    for (int i = next.getAndIncrement(); i < items.size(); i = next.getAndIncrement()) {
      try {
        processors.acquire(permits);
      } catch (InterruptedException _) {
        throw new CancelledException("cancelled");
      }
      try {
        task.accept(items.get(i));
      } finally {
        processors.release(permits);
      }
    }
  }

  /** Waits for all: an interrupt is passed on to them, and comes back as their failure. */
  private static void join(List<Thread> threads) {
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException _) {
          interrupted = true;
          threads.forEach(Thread::interrupt);
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void rethrow(@Nullable Throwable failure) throws IOException {
    switch (failure) {
      case null -> {}
      case IOException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(failure);
    }
  }
}
