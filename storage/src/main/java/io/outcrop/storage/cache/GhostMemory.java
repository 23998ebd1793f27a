package io.outcrop.storage.cache;

import io.outcrop.oci.Digest;
import org.jspecify.annotations.Nullable;

/** What is remembered of evicted content, within bounds: the lists B1 and B2 of ARC. */
final class GhostMemory {

  private final GhostList once;
  private final GhostList proven;
  private final StackArcOptions.Ghosts bounds;

  GhostMemory(GhostListener listener, StackArcOptions.Ghosts bounds) {
    this.bounds = bounds;
    once = new GhostList(listener);
    proven = new GhostList(listener);
  }

  @Nullable Ghost get(Digest content) {
    Ghost ghost = once.get(content);
    return ghost == null ? proven.get(content) : ghost;
  }

  /** The sum of the sizes that the content of a list had. */
  long bytes(SegmentName list) {
    return list(list).bytes();
  }

  int size() {
    return once.size() + proven.size();
  }

  /** Remembers content, which it did not, as the latest to have gone. */
  void add(Digest content, Ghost ghost) {
    list(ghost.list()).add(content, ghost);
  }

  /** As {@link #add}, of what the listener knows. */
  void restore(Digest content, Ghost ghost) {
    list(ghost.list()).restore(content, ghost);
  }

  void remove(Digest content) {
    once.remove(content);
    proven.remove(content);
  }

  /**
   * Forgets what exceeds the bounds: |T1| + |B1| ≤ c and all four lists ≤ 2c, as in ARC, and a
   * count. The latest of each list stays, or what was refused for its size would never be known
   * again.
   */
  void trim(long probationBytes, long provenBytes, long capacity) {
    double reach = bounds.reach() * capacity;
    while (once.size() > 1 && once.bytes() + probationBytes > reach) {
      once.removeOldest();
    }
    while (proven.size() > 1
        && once.bytes() + proven.bytes() + probationBytes + provenBytes > 2 * reach) {
      proven.removeOldest();
    }
    while (size() > Math.max(2, bounds.most())) {
      (once.size() > proven.size() ? once : proven).removeOldest();
    }
  }

  private GhostList list(SegmentName name) {
    return name.ghost() == SegmentName.GHOST_PROBATION ? once : proven;
  }
}
