package io.outcrop.storage.cache;

import io.outcrop.oci.Digest;
import java.time.Duration;

/**
 * Who used what within the last minutes, so that one client's retries and ranges count as one use:
 * the correlated references of LRU-K (O'Neil, O'Neil and Weikum, SIGMOD 1993).
 *
 * <p>Holds a fixed number of uses, as fingerprints in sets of a few; a full set forgets its oldest,
 * whose repetition would then count. Two uses taken for one another are one in 2^37.
 */
final class RecentUses {

  private static final int SETS = 1 << 12;
  private static final int WAYS = 8;
  private static final int TIME_BITS = 24;
  private static final long TIME_MASK = (1L << TIME_BITS) - 1;
  private static final long TICK_MILLIS = 1_000;

  // Each slot: 40 bits of fingerprint, 24 bits of time in seconds, which come around in 194 days. 0
  // is empty.
  private final long[] slots = new long[SETS * WAYS];
  private final long windowTicks;

  RecentUses(Duration window) {
    windowTicks = Math.min(TIME_MASK / 2, window.toMillis() / TICK_MILLIS);
  }

  /** Whether this use counts, as the client has not used the content within the window before. */
  boolean counts(Digest content, int client, long nowMillis) {
    if (client == ReplacementPolicy.UNKNOWN_CLIENT || windowTicks == 0) {
      return true;
    }
    long mixed = mix(content.hashCode() * 0x9E3779B97F4A7C15L + client);
    long fingerprint = mixed & ~TIME_MASK;
    long now = nowMillis / TICK_MILLIS & TIME_MASK;
    int first = (int) (mixed & (SETS - 1)) * WAYS;
    int oldest = first;
    for (int i = first; i < first + WAYS; i++) {
      if (slots[i] != 0 && (slots[i] & ~TIME_MASK) == fingerprint) {
        boolean counts = age(slots[i], now) >= windowTicks;
        if (counts) {
          slots[i] = fingerprint | now;
        }
        return counts;
      }
      if (slots[oldest] != 0 && (slots[i] == 0 || age(slots[i], now) > age(slots[oldest], now))) {
        oldest = i;
      }
    }
    slots[oldest] = fingerprint | now;
    return true;
  }

  private static long age(long slot, long now) {
    return (now - slot) & TIME_MASK;
  }

  /** The finalizer of MurmurHash3, by which every bit of the input changes half of the output. */
  private static long mix(long value) {
    long mixed = (value ^ (value >>> 33)) * 0xFF51AFD7ED558CCDL;
    mixed = (mixed ^ (mixed >>> 33)) * 0xC4CEB9FE1A85EC53L;
    return mixed ^ (mixed >>> 33);
  }
}
