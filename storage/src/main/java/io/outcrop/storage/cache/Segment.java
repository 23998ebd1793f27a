package io.outcrop.storage.cache;

import io.outcrop.oci.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One of the two resident lists, and what it is inflated to: the value of the last that was evicted
 * from it, on which all that is used later builds.
 *
 * <p>Content found not to be evictable is set aside with its value, so that it is not looked at
 * again for each victim. A few of those are looked at each time, in turn, and have their old place
 * again once they may leave.
 */
final class Segment {

  /**
   * Values are rebased above this. They are sums of weights, which are seconds a byte and may be as
   * small as 1e-12: much above this, adding such a one to a double would lose all its digits.
   */
  static final double MOST_INFLATION = 1024;

  private static final int LOOKS_ASIDE = 4;

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

  /** Of the content that was found in use or pinned. */
  long asideBytes() {
    return asideBytes;
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

  /** Adds content that is used now. */
  void add(Resident resident, float weight) {
    resident.weight = weight;
    resident.value = inflation + weight;
    heap.add(resident);
  }

  /**
   * Adds content of which the value was saved. A value from before values were rebased, or from a
   * list that was inflated further than what was saved of it, comes down to that of a use now.
   */
  void restore(Resident resident, float weight, double savedValue) {
    resident.weight = weight;
    resident.value = Math.min(savedValue, inflation + weight);
    heap.add(resident);
  }

  void remove(Resident resident) {
    if (resident.isAside()) {
      removeAside(resident);
    } else {
      heap.remove(resident);
    }
  }

  /** Content is used now. */
  void used(Resident resident, float weight) {
    resident.weight = weight;
    resident.value = inflation + weight;
    moved(resident);
  }

  /** Content is worth something else than it was, without having been used. */
  void reweighed(Resident resident, float weight) {
    resident.value += (double) weight - resident.weight;
    resident.weight = weight;
    moved(resident);
  }

  /** Content of this value was evicted. */
  void inflateTo(double value) {
    inflation = Math.max(inflation, value);
    if (inflation > MOST_INFLATION) {
      // The same from all, so that their order stays.
      double base = inflation;
      heap.forEach(resident -> resident.value -= base);
      aside.forEach(resident -> resident.value -= base);
      inflation = 0;
    }
  }

  /**
   * The content of lowest value that may leave, or null. Content before it is set aside. As long as
   * anything else may leave, this takes O(log n) for each that is set aside, and looks at each
   * once; it looks at all that is aside only before it gives up.
   */
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

  /** Hands over the next few in turn. */
  void eachOfNext(int count, Consumer<Resident> action) {
    for (int i = Math.min(count, heap.size()); i > 0; i--) {
      nextToReassess = nextToReassess + 1 < heap.size() ? nextToReassess + 1 : 0;
      action.accept(heap.at(nextToReassess));
    }
  }

  private void moved(Resident resident) {
    if (!resident.isAside()) {
      heap.moved(resident);
    }
  }

  private void setAside(Resident resident) {
    heap.remove(resident);
    resident.slot = ~aside.size();
    aside.add(resident);
    asideBytes += resident.bytes;
  }

  private void removeAside(Resident resident) {
    Resident last = aside.removeLast();
    asideBytes -= resident.bytes;
    if (last != resident) {
      aside.set(~resident.slot, last);
      last.slot = resident.slot;
    }
  }

  private void lookAside(int count, Predicate<Digest> evictable) {
    for (int i = count; i > 0; i--) {
      nextAside = nextAside < aside.size() ? nextAside : 0;
      Resident resident = aside.get(nextAside);
      if (evictable.test(resident.digest)) {
        removeAside(resident); // The last takes its place, and is looked at next.
        heap.add(resident);
      } else {
        nextAside++;
      }
    }
  }
}
