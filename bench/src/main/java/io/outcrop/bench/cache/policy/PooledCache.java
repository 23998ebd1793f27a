package io.outcrop.bench.cache.policy;

import io.outcrop.bench.cache.workload.Catalogue;
import io.outcrop.storage.ContentStore;
import io.outcrop.storage.cache.LeastRecentlyUsed;
import io.outcrop.storage.cache.ReplacementPolicy;
import java.util.function.LongFunction;

/**
 * A cache with the two pools of the server: small content has a fiftieth of the capacity for itself
 * and leaves in the order of use, the policy under test has the rest.
 */
final class PooledCache implements SimulatedCache {

  private static final int SMALL_DIVISOR = 50;

  private final Catalogue catalogue;
  private final PolicyCache small;
  private final PolicyCache large;

  /**
   * @param policy makes the policy for a capacity
   */
  PooledCache(Catalogue catalogue, long capacity, LongFunction<ReplacementPolicy> policy) {
    this.catalogue = catalogue;
    long forSmall = capacity / SMALL_DIVISOR;
    long forLarge = capacity - forSmall;
    small = new PolicyCache(catalogue, new LeastRecentlyUsed(), forSmall);
    large = new PolicyCache(catalogue, policy.apply(forLarge), forLarge);
  }

  private PolicyCache pool(int content) {
    return catalogue.bytes(content) <= ContentStore.SMALL_BYTES ? small : large;
  }

  @Override
  public boolean request(int content, int client, boolean reachable) {
    return pool(content).request(content, client, reachable);
  }

  @Override
  public boolean holds(int content) {
    return pool(content).holds(content);
  }

  @Override
  public long bytes() {
    return small.bytes() + large.bytes();
  }

  @Override
  public long evictions() {
    return small.evictions() + large.evictions();
  }
}
