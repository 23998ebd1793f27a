package io.outcrop.storage.cache;

import io.outcrop.oci.Digest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** What an owner of a policy does for each request, with sizes for content. */
final class CachedContent {

  final Map<Digest, Long> resident = new HashMap<>();
  final List<Digest> evicted = new ArrayList<>();
  long capacity;
  private ReplacementPolicy policy;

  CachedContent(ReplacementPolicy policy, long capacity) {
    this.policy = policy;
    this.capacity = capacity;
  }

  /** Goes on with another policy. */
  void handOver(ReplacementPolicy successor) {
    policy = successor;
  }

  long used() {
    return resident.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Whether it is resident afterwards. */
  boolean request(Digest content, long bytes, int client, Predicate<Digest> evictable) {
    policy.accessed(content, client);
    if (resident.containsKey(content)) {
      return true;
    }
    if (!policy.admits(content, bytes, capacity - used(), false) || !makeRoom(bytes, evictable)) {
      return false;
    }
    resident.put(content, bytes);
    policy.admitted(content, bytes);
    return true;
  }

  boolean request(Digest content, long bytes) {
    return request(content, bytes, ReplacementPolicy.UNKNOWN_CLIENT, digest -> true);
  }

  /** Evicts until there is room, or nothing may leave. */
  boolean makeRoom(long bytes, Predicate<Digest> evictable) {
    while (used() + bytes > capacity) {
      Optional<Digest> victim = policy.victim(evictable);
      if (victim.isEmpty()) {
        return false;
      }
      if (resident.remove(victim.get()) == null) {
        throw new AssertionError(victim + " is not resident");
      }
      evicted.add(victim.get());
      policy.evicted(victim.get());
    }
    return true;
  }
}
