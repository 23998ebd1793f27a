package io.outcrop.proxy.resolve;

import io.outcrop.proxy.upstream.UpstreamException;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Does the same thing once for all who want it at the same time. The work runs on a thread of its
 * own, so that it outlives whoever asked first. Thread-safe.
 *
 * @param <K> what is wanted
 * @param <V> what comes of it
 */
final class SingleFlight<K, V> {

  /** Work that talks to an upstream. */
  interface Work<V> {
    V run() throws UpstreamException, IOException;
  }

  private final ConcurrentHashMap<K, CompletableFuture<V>> underWay = new ConcurrentHashMap<>();
  private final Executor threads;

  SingleFlight(Executor threads) {
    this.threads = threads;
  }

  /** Joins the work under way for a key, or begins it. */
  CompletableFuture<V> join(K key, Work<V> work) {
    CompletableFuture<V> mine = new CompletableFuture<>();
    CompletableFuture<V> first = underWay.putIfAbsent(key, mine);
    if (first != null) {
      return first;
    }
    try {
      threads.execute(() -> {
        try {
          mine.complete(work.run());
        } catch (UpstreamException | IOException | RuntimeException e) {
          mine.completeExceptionally(e);
        } catch (Error e) {
          mine.completeExceptionally(e); // Those who wait must not do so for ever.
          throw e;
        } finally {
          underWay.remove(key, mine);
        }
      });
    } catch (RejectedExecutionException e) {
      underWay.remove(key, mine);
      mine.completeExceptionally(new UpstreamException.Unavailable("shutting down"));
    }
    return mine;
  }

  /** Waits for the result of work. */
  static <V> V await(CompletableFuture<V> flight) throws UpstreamException, IOException {
    try {
      return flight.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UpstreamException.Unavailable("interrupted while waiting");
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case UpstreamException known -> throw known;
        case IOException here -> throw here;
        case null, default -> throw new IllegalStateException("work for others failed", e);
      }
    }
  }
}
