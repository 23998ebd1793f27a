package io.outcrop.storage.cache;

import io.outcrop.oci.Digest;
import java.time.Duration;

/**
 * Who used what within the last minute, so that one client's retries and ranges count as one use:
 * the correlated references of LRU-K (O'Neil, O'Neil and Weikum, SIGMOD 1993).
 *
 * <p>Holds a fixed number of uses, as fingerprints in sets of a few; a full set forgets its oldest,
 * whose repetition would then count. Uses are told apart by hash codes: of a hundred thousand one
 * is taken for another and does not count.
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
    int last = first + WAYS - 1;
    int at = first;
    while (at < last && (slots[at] & ~TIME_MASK) != fingerprint) {
      at++;
    }
    if ((slots[at] & ~TIME_MASK) == fingerprint
        && slots[at] != 0
        && age(slots[at], now) < windowTicks) {
      return false;
    }
    // The latest comes first. What was there moves on, and of a full set the oldest falls out.
    System.arraycopy(slots, first, slots, first + 1, at - first);
    slots[first] = fingerprint | now;
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
