package io.outcrop.storage.cache;

import io.outcrop.oci.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One of the two resident lists. Content found not to be evictable is set aside with its value, so
 * that it is not looked at again for each victim; some of what is aside is looked at each time, and
 * has its old place again once it may leave.
 */
final class Segment {

  private static final int LOOKS_ASIDE = 4;
  // A value holds a sum of costs a byte, of which the least is around 1e-12: above this, adding
  // such
  // a one to a double would begin to lose digits.
  private static final double MOST_INFLATION = 1024;

  private final SegmentHeap heap = new SegmentHeap();
  private final List<Resident> aside = new ArrayList<>();
  private long asideBytes;
  private int nextAside;
  private int nextToReassess;
  private double inflation;

  /** Of all its content. */
  long bytes() {
    return heap.bytes() + asideBytes;
  }

  /** Of the content that was not found in use or pinned. */
  long freeBytes() {
    return heap.bytes();
  }

  int size() {
    return heap.size() + aside.size();
  }

  double inflation() {
    return inflation;
  }

  void restoreInflation(double saved) {
    inflation = saved;
  }

  /** Adds content as used now. */
  void add(Resident resident) {
    resident.value = inflation + resident.weight;
    heap.add(resident);
  }

  /** Adds content whose value is set. */
  void restore(Resident resident) {
    heap.add(resident);
  }

  void remove(Resident resident) {
    if (!resident.isAside()) {
      heap.remove(resident);
      return;
    }
    int hole = ~resident.slot;
    Resident last = aside.removeLast();
    asideBytes -= resident.bytes;
    if (last != resident) {
      aside.set(hole, last);
      last.slot = ~hole;
    }
  }

  /** Content was used: its value builds on what the list is inflated to now. */
  void used(Resident resident, float weight) {
    resident.weight = weight;
    resident.value = inflation + weight;
    if (!resident.isAside()) {
      heap.moved(resident);
    }
  }

  /** Content is worth something else than it was, without having been used. */
  void reweighed(Resident resident, float weight) {
    resident.value += (double) weight - resident.weight;
    resident.weight = weight;
    if (!resident.isAside()) {
      heap.moved(resident);
    }
  }

  /** Content of this value was evicted: what is used from now on is worth that much more. */
  void inflateTo(double value) {
    inflation = Math.max(inflation, value);
    if (inflation > MOST_INFLATION) {
      // The same from all, so that their order stays.
      forEach(resident -> resident.value -= inflation);
      inflation = 0;
    }
  }

  void forEach(Consumer<Resident> action) {
    for (int i = 0; i < heap.size(); i++) {
      action.accept(heap.at(i));
    }
    aside.forEach(action);
  }

  /** The content of lowest value that may leave, once those before it are set aside; or null. */
  @Nullable Resident first(Predicate<Digest> evictable) {
    lookAside(Math.min(LOOKS_ASIDE, aside.size()), evictable);
    while (!heap.isEmpty()) {
      Resident first = heap.first();
      if (evictable.test(first.digest)) {
        return first;
      }
      setAside(first);
    }
    lookAside(aside.size(), evictable);
    return heap.isEmpty() ? null : heap.first();
  }

  /** The next few to be valued anew, going round. */
  void reassess(int count, Consumer<Resident> action) {
    for (int i = Math.min(count, heap.size()); i > 0; i--) {
      nextToReassess = nextToReassess + 1 < heap.size() ? nextToReassess + 1 : 0;
      action.accept(heap.at(nextToReassess));
    }
  }

  private void setAside(Resident resident) {
    heap.remove(resident);
    resident.slot = ~aside.size();
    aside.add(resident);
    asideBytes += resident.bytes;
  }

  private void lookAside(int count, Predicate<Digest> evictable) {
    for (int i = count; i > 0; i--) {
      nextAside = nextAside + 1 < aside.size() ? nextAside + 1 : 0;
      Resident resident = aside.get(nextAside);
      if (evictable.test(resident.digest)) {
        remove(resident);
        heap.add(resident);
        nextAside--;
      }
    }
  }
}
