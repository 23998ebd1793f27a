package io.outcrop.bench.cache.policy;

import io.outcrop.oci.Digest;
import java.util.Comparator;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Greedy-dual policies with frequency (Cherkasova, HP Labs 1998; Arlitt et al., SIGMETRICS 2000):
 * evicts the lowest of inflation + uses × worth, where the inflation is the value of the last to be
 * evicted.
 */
final class GreedyDual extends Rival {

  /** What one use of a content of a size is worth. */
  interface Worth {
    double of(long bytes);
  }

  private static final Comparator<Entry> BY_VALUE =
      Comparator.<Entry>comparingDouble(entry -> entry.value)
          .thenComparingLong(entry -> entry.used)
          .thenComparing(entry -> entry.content.hex());

  private final TreeSet<Entry> resident = new TreeSet<>(BY_VALUE);
  private final Chain remembered = new Chain();
  private final Worth worth;
  private final boolean competes;
  private final long memory;
  private double inflation;
  private long clock;

  /**
   * @param competes whether new content of less value than all that would have to leave for it is
   *     refused
   * @param memory of the uses of how many bytes of evicted content is kept in mind
   */
  GreedyDual(Worth worth, boolean competes, long memory) {
    this.worth = worth;
    this.competes = competes;
    this.memory = memory;
  }

  @Override
  public boolean admits(Digest content, long bytes, long freeBytes, boolean wanted) {
    if (!competes || bytes <= freeBytes) {
      return true;
    }
    Entry known = entry(content);
    double value = inflation + (known == null ? 1 : known.uses + 1) * worth.of(bytes);
    long room = freeBytes;
    for (Entry entry : resident) {
      if (entry.value >= value) {
        break;
      }
      room += entry.bytes;
      if (room >= bytes) {
        return true;
      }
    }
    Entry refused = entry(content, bytes);
    refused.uses++;
    remember(refused);
    return false;
  }

  @Override
  public void admitted(Digest content, long bytes) {
    Entry entry = entry(content, bytes);
    Chain.remove(entry);
    entry.uses++;
    place(entry);
  }

  private void place(Entry entry) {
    entry.value = inflation + entry.uses * worth.of(entry.bytes);
    entry.used = ++clock;
    resident.add(entry);
  }

  private void remember(Entry entry) {
    remembered.add(entry);
    trim(remembered, memory);
  }

  @Override
  boolean isResident(Entry entry) {
    return !entry.isIn(remembered);
  }

  @Override
  void used(Entry entry) {
    resident.remove(entry);
    entry.uses++;
    place(entry);
  }

  @Override
  Optional<Entry> leastValuable() {
    return resident.isEmpty() ? Optional.empty() : Optional.of(resident.first());
  }

  @Override
  void left(Entry entry) {
    resident.remove(entry);
    inflation = Math.max(inflation, entry.value);
    remember(entry);
  }
}
