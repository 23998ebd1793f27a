package io.outcrop.bench.cache.policy;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.outcrop.bench.cache.workload.Catalogue;

/**
 * W-TinyLFU (Einziger, Friedman and Manes, TOS'17), by the library that is known for it. Its
 * weights are numbers of 32 bits, hence KiB.
 */
final class CaffeineCache implements SimulatedCache {

  private final Catalogue catalogue;
  private final Cache<Integer, Boolean> cache;
  private final long capacity;
  private long bytes;
  private long evictions;

  CaffeineCache(Catalogue catalogue, long capacity) {
    this.catalogue = catalogue;
    this.capacity = capacity;
    cache =
        Caffeine.newBuilder()
            .executor(Runnable::run)
            .maximumWeight(capacity >> 10)
            .weigher((Integer content, Boolean _) -> kib(content))
            .evictionListener((content, _, _) -> {
              if (content != null) {
                bytes -= catalogue.bytes(content);
                evictions++;
              }
            })
            .build();
  }

  private int kib(int content) {
    return Math.toIntExact((catalogue.bytes(content) + 1023) >> 10);
  }

  @Override
  public boolean request(int content, int client, boolean reachable) {
    if (cache.getIfPresent(content) != null) {
      return true;
    }
    if (reachable && catalogue.bytes(content) <= capacity) {
      bytes += catalogue.bytes(content);
      cache.put(content, true);
      cache.cleanUp();
    }
    return false;
  }

  @Override
  public boolean holds(int content) {
    return cache.asMap().containsKey(content);
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public long evictions() {
    return evictions;
  }
}
