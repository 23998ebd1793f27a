package io.outcrop.proxy.resolve;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.outcrop.proxy.upstream.UpstreamException;
import java.time.Duration;

/**
 * Remembers for seconds what an upstream said it does not have, so that a client that asks in a
 * loop does not make us ask in one. Thread-safe.
 *
 * @param <K> what may be absent
 */
final class Absences<K> {

  private static final int MOST = 10_000;

  private final Cache<K, Entry> known =
      Caffeine.newBuilder()
          .maximumSize(MOST)
          .expireAfter(Expiry.<K, Entry>creating((key, entry) -> entry.lifetime))
          .build();

  void note(K key, UpstreamException.NotFound absence, Duration lifetime) {
    if (lifetime.isPositive()) {
      known.put(key, new Entry(absence, lifetime));
    }
  }

  void forget(K key) {
    known.invalidate(key);
  }

  void throwIfKnown(K key) throws UpstreamException.NotFound {
    Entry entry = known.getIfPresent(key);
    if (entry != null) {
      throw entry.absence;
    }
  }

  private record Entry(UpstreamException.NotFound absence, Duration lifetime) {}
}
