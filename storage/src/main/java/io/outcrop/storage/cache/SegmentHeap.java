package io.outcrop.storage.cache;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Content with that of lowest value first: a binary heap whose members know their slots, so that
 * one whose value has changed, or that has gone, is found without a search.
 */
final class SegmentHeap {

  private static final int LEAST_SLOTS = 16;

  private @Nullable Resident[] slots = new @Nullable Resident[LEAST_SLOTS];
  private int size;
  private long bytes;

  int size() {
    return size;
  }

  /** The sum of the sizes of its members. */
  long bytes() {
    return bytes;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** The member of lowest value. */
  Resident first() {
    return at(0);
  }

  Resident at(int slot) {
    Resident resident = slots[slot];
    if (resident == null) {
      throw new IllegalStateException("slot: " + slot + " (expected: < " + size + ")");
    }
    return resident;
  }

  void add(Resident resident) {
    if (size == slots.length) {
      slots = Arrays.copyOf(slots, size + (size >> 1));
    }
    bytes += resident.bytes;
    size++;
    up(size - 1, resident);
  }

  void remove(Resident resident) {
    int hole = resident.slot;
    Resident last = at(size - 1);
    slots[--size] = null;
    bytes -= resident.bytes;
    if (last != resident) {
      place(hole, last);
      moved(last);
    }
    if (slots.length > LEAST_SLOTS && size < slots.length / 4) {
      slots = Arrays.copyOf(slots, slots.length / 2);
    }
  }

  /** Restores the order after the value of a member has changed. */
  void moved(Resident resident) {
    int slot = resident.slot;
    up(slot, resident);
    if (resident.slot == slot) {
      down(slot, resident);
    }
  }

  /** In no order; the action may change values by what is the same for all only. */
  void forEach(Consumer<Resident> action) {
    for (int i = 0; i < size; i++) {
      action.accept(at(i));
    }
  }

  private void up(int from, Resident resident) {
    int slot = from;
    while (slot > 0) {
      int parent = (slot - 1) >>> 1;
      Resident above = at(parent);
      if (!resident.before(above)) {
        break;
      }
      place(slot, above);
      slot = parent;
    }
    place(slot, resident);
  }

  private void down(int from, Resident resident) {
    int slot = from;
    while (slot < size >>> 1) {
      int child = 2 * slot + 1;
      Resident least = at(child);
      if (child + 1 < size && at(child + 1).before(least)) {
        child++;
        least = at(child);
      }
      if (!least.before(resident)) {
        break;
      }
      place(slot, least);
      slot = child;
    }
    place(slot, resident);
  }

  private void place(int slot, Resident resident) {
    slots[slot] = resident;
    resident.slot = slot;
  }
}
