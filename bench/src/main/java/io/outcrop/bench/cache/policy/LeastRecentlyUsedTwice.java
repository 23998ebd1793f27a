package io.outcrop.bench.cache.policy;

import io.outcrop.oci.Digest;
import java.util.Comparator;
import java.util.Optional;
import java.util.TreeSet;

/**
 * LRU-2 (O'Neil, O'Neil and Weikum, SIGMOD'93): evicts what was used for the last time but one
 * longest ago, and what was used only once before all else. Uses are remembered of as many bytes of
 * evicted content as there are of resident.
 */
final class LeastRecentlyUsedTwice extends Rival {

  private static final Comparator<Entry> BY_USE_BEFORE_LAST =
      Comparator.<Entry>comparingLong(entry -> entry.usedBefore)
          .thenComparingLong(entry -> entry.used);

  private final TreeSet<Entry> resident = new TreeSet<>(BY_USE_BEFORE_LAST);
  private final Chain remembered = new Chain();
  private final long memory;
  private long clock;

  LeastRecentlyUsedTwice(long capacity) {
    memory = capacity;
  }

  @Override
  public void admitted(Digest content, long bytes) {
    Entry entry = entry(content, bytes);
    Chain.remove(entry);
    place(entry);
  }

  private void place(Entry entry) {
    entry.usedBefore = entry.used;
    entry.used = ++clock;
    resident.add(entry);
  }

  @Override
  boolean isResident(Entry entry) {
    return !entry.isIn(remembered);
  }

  @Override
  void used(Entry entry) {
    resident.remove(entry);
    place(entry);
  }

  @Override
  Optional<Entry> leastValuable() {
    return resident.isEmpty() ? Optional.empty() : Optional.of(resident.first());
  }

  @Override
  void left(Entry entry) {
    resident.remove(entry);
    remembered.add(entry);
    trim(remembered, memory);
  }
}
