package io.outcrop.bench.cache.policy;

import io.outcrop.bench.cache.workload.Catalogue;
import io.outcrop.oci.Digest;
import io.outcrop.storage.cache.ReplacementPolicy;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Does for a policy what a store does: keeps the content within a bound. */
public final class PolicyCache implements SimulatedCache {

  private final Catalogue catalogue;
  private final ReplacementPolicy policy;
  private final long capacity;
  private final BitSet resident = new BitSet();
  // Of what is resident: policies name their victims by digest.
  private final Map<Digest, Integer> numbers = new HashMap<>();
  private long bytes;
  private long evictions;

  /** An empty cache that never holds more than {@code capacity} bytes. */
  public PolicyCache(Catalogue catalogue, ReplacementPolicy policy, long capacity) {
    this.catalogue = catalogue;
    this.policy = policy;
    this.capacity = capacity;
  }

  @Override
  public boolean request(int content, int client, boolean reachable) {
    Digest digest = catalogue.digest(content);
    policy.accessed(digest, client);
    if (resident.get(content)) {
      return true;
    }
    if (reachable) {
      fill(content, digest);
    }
    return false;
  }

  private void fill(int content, Digest digest) {
    long size = catalogue.bytes(content);
    if (size > capacity || !policy.admits(digest, size, capacity - bytes, false)) {
      return;
    }
    while (bytes + size > capacity) {
      Optional<Digest> victim = policy.victim(_ -> true);
      if (victim.isEmpty()) {
        // As in the store: what has no room is passed on without being kept.
        return;
      }
      evict(victim.get());
    }
    policy.admitted(digest, size);
    resident.set(content);
    numbers.put(digest, content);
    bytes += size;
  }

  private void evict(Digest digest) {
    Integer content = numbers.remove(digest);
    if (content == null) {
      throw new IllegalStateException("victim: " + digest + " (expected: resident content)");
    }
    policy.evicted(digest);
    resident.clear(content);
    bytes -= catalogue.bytes(content);
    evictions++;
  }

  @Override
  public boolean holds(int content) {
    return resident.get(content);
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
