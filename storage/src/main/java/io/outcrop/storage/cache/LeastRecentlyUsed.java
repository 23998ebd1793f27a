package io.outcrop.storage.cache;

import io.outcrop.oci.Digest;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.function.Predicate;

/** Evicts what was not used for longest, whatever its size, and keeps all that comes. */
public final class LeastRecentlyUsed implements ReplacementPolicy {

  private static final float LOAD_FACTOR = 0.75f;

  // In access order, eldest first; the values are sizes.
  private final LinkedHashMap<Digest, Long> order = new LinkedHashMap<>(64, LOAD_FACTOR, true);

  @Override
  public boolean admits(Digest content, long bytes, long freeBytes, boolean wanted) {
    return true;
  }

  @Override
  public void admitted(Digest content, long bytes) {
    order.put(content, bytes);
  }

  @Override
  public void accessed(Digest content, int client) {
    order.get(content);
  }

  @Override
  public Optional<Digest> victim(Predicate<Digest> evictable) {
    return order.keySet().stream().filter(evictable).findFirst();
  }

  @Override
  public void evicted(Digest content) {
    order.remove(content);
  }

  @Override
  public void removed(Digest content) {
    order.remove(content);
  }

  /** Empty: this policy keeps nothing but an order. */
  @Override
  public Optional<Standing> standing(Digest content) {
    return Optional.empty();
  }
}
