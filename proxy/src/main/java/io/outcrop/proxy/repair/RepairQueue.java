package io.outcrop.proxy.repair;

import io.outcrop.oci.Digest;
import io.outcrop.storage.Damaged;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Damaged content that waits for its next attempt, in memory: a bounded part of what waits in the
 * store. Not thread-safe.
 */
final class RepairQueue {

  /**
   * One piece of content.
   *
   * @param failures attempts so far
   * @param dueNanos when to try next, in nano time
   */
  record Task(Damaged damaged, int failures, long dueNanos) {}

  private final int most;
  private final Map<Digest, Task> byDigest = new HashMap<>();
  // Differences only: the origin of nano time is arbitrary.
  private final PriorityQueue<Task> byTime =
      new PriorityQueue<>(
          Comparator.comparing(Task::dueNanos, (one, other) -> Long.signum(one - other)));

  /**
   * @param most how many wait here at once
   */
  RepairQueue(int most) {
    this.most = most;
  }

  /** Adds content that is not here yet; false if there is no place for it. */
  boolean offer(Task task) {
    Digest digest = task.damaged().content();
    if (byDigest.containsKey(digest)) {
      return true;
    }
    if (byDigest.size() >= most) {
      return false;
    }
    byDigest.put(digest, task);
    byTime.add(task);
    return true;
  }

  /** Takes out what is due, the longest waiting first. */
  List<Task> takeDue(long nowNanos, int limit) {
    List<Task> due = new ArrayList<>();
    for (Task next = byTime.peek();
        next != null && next.dueNanos() - nowNanos <= 0 && due.size() < limit;
        next = byTime.peek()) {
      byTime.remove();
      byDigest.remove(next.damaged().content());
      due.add(next);
    }
    return due;
  }

  /** How long until the next one is due; at most the given time. */
  long nanosUntilDue(long nowNanos, long atMost) {
    Task next = byTime.peek();
    return next == null ? atMost : Math.min(atMost, next.dueNanos() - nowNanos);
  }

  int size() {
    return byDigest.size();
  }
}
