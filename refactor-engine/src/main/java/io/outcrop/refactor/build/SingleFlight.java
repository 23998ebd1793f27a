package io.outcrop.refactor.build;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;

/**
 * Lets one thread make what several want. Whoever claims a key makes it and says so; the others
 * wait for the result, and claim the key themselves if nothing came of it. Thread-safe.
 *
 * <p>Make what you have claimed before you wait for what others have: then nobody waits for ever.
 */
public final class SingleFlight<K, V> {

  private final ConcurrentMap<K, CompletableFuture<Optional<V>>> flights =
      new ConcurrentHashMap<>();

  /** A promise to make something, to be kept or given up by closing it. */
  public final class Claim implements AutoCloseable {
    private final K key;
    private final CompletableFuture<Optional<V>> flight;

    private Claim(K key, CompletableFuture<Optional<V>> flight) {
      this.key = key;
      this.flight = flight;
    }

    /** Hands the result to all who wait for it. */
    public void made(V value) {
      flights.remove(key, flight);
      flight.complete(Optional.of(value));
    }

    /** Lets one of the others try, unless the result is there. */
    @Override
    public void close() {
      flights.remove(key, flight);
      flight.complete(Optional.empty());
    }
  }

  /** Claims a key; empty if another thread is making it. */
  public Optional<Claim> claim(K key) {
    CompletableFuture<Optional<V>> flight = new CompletableFuture<>();
    return flights.putIfAbsent(key, flight) == null
        ? Optional.of(new Claim(key, flight))
        : Optional.empty();
  }

  /**
   * Waits for what another thread makes.
   *
   * @return empty if nobody makes it, or nothing came of it
   * @throws IOException if the wait is interrupted
   */
  public Optional<V> await(K key) throws IOException {
    CompletableFuture<Optional<V>> flight = flights.get(key);
    if (flight == null) {
      return Optional.empty();
    }
    try {
      return flight.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while another thread makes " + key, e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a flight only ever ends with a result", e);
    }
  }
}
