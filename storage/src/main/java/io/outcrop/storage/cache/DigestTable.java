package io.outcrop.storage.cache;

import io.outcrop.oci.Digest;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is kept for digests: a hash table with linear probing, which needs 8 bytes for each where a
 * HashMap needs 40. A removal moves back what had been pushed on by the removed, so that nothing is
 * ever marked as deleted (Knuth, The Art of Computer Programming, vol. 3, algorithm 6.4 R).
 */
final class DigestTable<E extends DigestTable.Keyed> {

  /** What can be kept in a table. */
  abstract static class Keyed {
    final Digest digest;

    Keyed(Digest digest) {
      this.digest = digest;
    }
  }

  private static final int LEAST_SLOTS = 64;

  private @Nullable Keyed[] slots = new @Nullable Keyed[LEAST_SLOTS];
  private int size;

  @Nullable E get(Digest digest) {
    return cast(slots[find(digest)]);
  }

  /** Adds what is not in the table. */
  void add(E entry) {
    if (3L * (size + 1) > 2L * slots.length) {
      resize(slots.length * 2);
    }
    slots[find(entry.digest)] = entry;
    size++;
  }

  @Nullable E remove(Digest digest) {
    int hole = find(digest);
    E removed = cast(slots[hole]);
    if (removed == null) {
      return null;
    }
    int mask = slots.length - 1;
    for (int at = (hole + 1) & mask; ; at = (at + 1) & mask) {
      Keyed next = slots[at];
      if (next == null) {
        break;
      }
      int home = home(next.digest);
      // It may move into the hole unless its home lies cyclically between hole and where it is.
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        slots[hole] = next;
        hole = at;
      }
    }
    slots[hole] = null;
    size--;
    if (slots.length > LEAST_SLOTS && 6L * size < slots.length) {
      resize(slots.length / 2);
    }
    return removed;
  }

  int size() {
    return size;
  }

  /** In no order. */
  void forEach(Consumer<E> action) {
    for (Keyed slot : slots) {
      E entry = cast(slot);
      if (entry != null) {
        action.accept(entry);
      }
    }
  }

  private void resize(int length) {
    @Nullable Keyed[] old = slots;
    slots = new @Nullable Keyed[length];
    for (Keyed entry : old) {
      if (entry != null) {
        slots[find(entry.digest)] = entry;
      }
    }
  }

  /** Where a digest is, or where it would be put. */
  private int find(Digest digest) {
    int mask = slots.length - 1;
    int at = home(digest);
    while (true) {
      Keyed there = slots[at];
      if (there == null || there.digest.equals(digest)) {
        return at;
      }
      at = (at + 1) & mask;
    }
  }

  @SuppressWarnings("unchecked") // Nothing but E is ever added.
  private @Nullable E cast(@Nullable Keyed entry) {
    return (E) entry;
  }

  private int home(Digest digest) {
    int hash = digest.hashCode() * 0x9E3779B9;
    return (hash ^ (hash >>> 16)) & (slots.length - 1);
  }
}
