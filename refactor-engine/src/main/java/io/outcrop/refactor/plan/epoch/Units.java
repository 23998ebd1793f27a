package io.outcrop.refactor.plan.epoch;

import io.outcrop.refactor.model.ContentHash;
import io.outcrop.refactor.view.CanonicalEntry;
import io.outcrop.refactor.view.View;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * What of a view can be shared, in pieces that are never split: an entry that is no directory, or
 * all names of one file. Units of any two images have the same hash if they are the same in every
 * respect, their paths among these. Immutable; 24 bytes a unit, and 4 more an entry where files
 * have more than one name.
 */
final class Units {

  private static final int NONE = -1;

  private final int[] firsts;
  private final int[] nextNames;
  private final long[] high;
  private final long[] low;

  private Units(int[] firsts, int[] nextNames, long[] high, long[] low) {
    this.firsts = firsts;
    this.nextNames = nextNames;
    this.high = high;
    this.low = low;
  }

  static Units of(View view) {
    int[] firsts = new int[view.size()];
    int count = 0;
    for (int entry = 0; entry < view.size(); entry++) {
      if (!view.isDirectory(entry) && !view.isHardLink(entry)) {
        firsts[count++] = entry;
      }
    }
    Units units =
        new Units(Arrays.copyOf(firsts, count), nextNames(view), new long[count], new long[count]);
    units.hash(view);
    return units;
  }

  /** By entry, the next name of the same file; empty if no file has two. */
  private static int[] nextNames(View view) {
    int[] next = new int[0];
    int[] last = new int[0];
    for (int entry = 0; entry < view.size(); entry++) {
      if (view.isHardLink(entry)) {
        if (next.length == 0) {
          next = new int[view.size()];
          last = new int[view.size()];
          Arrays.fill(next, NONE);
          Arrays.fill(last, NONE);
        }
        int first = view.firstName(entry);
        next[last[first] == NONE ? first : last[first]] = entry;
        last[first] = entry;
      }
    }
    return next;
  }

  private void hash(View view) {
    CanonicalEntry form = new CanonicalEntry();
    for (int unit = 0; unit < firsts.length; unit++) {
      MessageDigest digest = ContentHash.newHash();
      for (int entry = firsts[unit]; entry != NONE; entry = nextName(entry)) {
        form.set(view.entry(entry)).addTo(digest);
      }
      ContentHash hash = ContentHash.finish(digest);
      high[unit] = hash.a();
      low[unit] = hash.b();
    }
  }

  int count() {
    return firsts.length;
  }

  /** The entry of a unit, or the smallest of its names. */
  int first(int unit) {
    return firsts[unit];
  }

  /** The next name of the same file as an entry; negative if there is none. */
  int nextName(int entry) {
    return nextNames.length == 0 ? NONE : nextNames[entry];
  }

  /** The first eight bytes of a unit's hash. */
  long high(int unit) {
    return high[unit];
  }

  /** The next eight bytes. */
  long low(int unit) {
    return low[unit];
  }
}
