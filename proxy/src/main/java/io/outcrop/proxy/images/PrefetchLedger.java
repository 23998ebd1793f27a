package io.outcrop.proxy.images;

import io.outcrop.oci.Digest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

/**
 * Accounts for the bytes that were fetched ahead of clients: which were of use, and which were in
 * vain. One thread writes; the sums may be read by any.
 */
final class PrefetchLedger {

  /** What nobody has used by then was fetched in vain. */
  static final Duration PATIENCE = Duration.ofHours(1);

  private static final int MOST = 10_000;

  private final InstantSource clock;
  private final Map<Digest, Entry> open = new LinkedHashMap<>();
  private final LongAdder fetched = new LongAdder();
  private final LongAdder used = new LongAdder();
  private final LongAdder wasted = new LongAdder();

  PrefetchLedger(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * A blob was fetched, up to some byte.
   *
   * @param whole whether it is all here now; else its first bytes wait for whoever goes on
   */
  void fetched(Digest blob, long bytes, boolean whole) {
    Entry before = open.remove(blob);
    long known = before == null ? 0 : before.bytes;
    fetched.add(Math.max(0, bytes - known));
    open.put(blob, new Entry(Math.max(bytes, known), clock.instant(), whole));
    if (open.size() > MOST) {
      Iterator<Entry> oldest = open.values().iterator();
      wasted.add(oldest.next().bytes);
      oldest.remove();
    }
  }

  /** A client takes a blob. */
  void taken(Digest blob) {
    Entry entry = open.remove(blob);
    if (entry != null) {
      used.add(entry.bytes);
    }
  }

  /**
   * Gives up hope where there is none.
   *
   * @param held whether a blob is still here
   */
  void settle(Predicate<Digest> held) {
    Instant before = clock.instant().minus(PATIENCE);
    open.entrySet()
        .removeIf(item -> {
          Entry entry = item.getValue();
          boolean vain = entry.at.isBefore(before) || (entry.whole && !held.test(item.getKey()));
          if (vain) {
            wasted.add(entry.bytes);
          }
          return vain;
        });
  }

  PrefetchStatistics statistics() {
    return new PrefetchStatistics(fetched.sum(), used.sum(), wasted.sum());
  }

  private record Entry(long bytes, Instant at, boolean whole) {}
}
