package io.outcrop.storage.cache;

import io.outcrop.oci.Digest;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Resident content by digest: a hash table with linear probing, which needs 8 bytes for each where
 * a HashMap needs 40. A removal moves back what had been pushed on by the removed, so that nothing
 * is ever marked as deleted (Knuth, The Art of Computer Programming, vol. 3, algorithm 6.4 R).
 */
final class ResidentTable {

  private static final int LEAST_SLOTS = 64;

  private @Nullable Resident[] slots = new @Nullable Resident[LEAST_SLOTS];
  private int size;

  @Nullable Resident get(Digest digest) {
    return slots[find(digest)];
  }

  /** Adds content that is not in the table. */
  void add(Resident resident) {
    if (3L * (size + 1) > 2L * slots.length) {
      resize(slots.length * 2);
    }
    slots[find(resident.digest)] = resident;
    size++;
  }

  @Nullable Resident remove(Digest digest) {
    int hole = find(digest);
    Resident removed = slots[hole];
    if (removed == null) {
      return null;
    }
    int mask = slots.length - 1;
    for (int at = (hole + 1) & mask; ; at = (at + 1) & mask) {
      Resident next = slots[at];
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

  void forEach(Consumer<Resident> action) {
    for (Resident resident : slots) {
      if (resident != null) {
        action.accept(resident);
      }
    }
  }

  private void resize(int length) {
    @Nullable Resident[] old = slots;
    slots = new @Nullable Resident[length];
    for (Resident resident : old) {
      if (resident != null) {
        slots[find(resident.digest)] = resident;
      }
    }
  }

  /** Where a digest is, or where it would be put. */
  private int find(Digest digest) {
    int mask = slots.length - 1;
    int at = home(digest);
    while (true) {
      Resident there = slots[at];
      if (there == null || there.digest.equals(digest)) {
        return at;
      }
      at = (at + 1) & mask;
    }
  }

  private int home(Digest digest) {
    int hash = digest.hashCode() * 0x9E3779B9;
    return (hash ^ (hash >>> 16)) & (slots.length - 1);
  }
}
