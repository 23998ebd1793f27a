package io.outcrop.bench.cache.policy;

import io.outcrop.bench.cache.workload.Catalogue;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * Belady's algorithm with sizes: knows the future, and evicts what has the largest product of size
 * and time to its next use, the new content included. What a policy could reach at least, were its
 * guesses perfect; not a bound.
 */
final class BeladySizeCache implements SimulatedCache {

  /*
   * The products change with every request, and differently fast. Contents are therefore kept by
   * class of size, in which the sizes differ by no more than a fifth, in the order of next use. In a
   * class, the search goes from the farthest next use on until even the largest size of the class
   * could not make up for a nearer one.
   */
  private static final double CLASS_RATIO = 1.2;

  private final Catalogue catalogue;
  private final int[] requests;
  private final int[] next;
  private final long capacity;
  private final List<NavigableSet<Integer>> classes = new ArrayList<>();
  private final BitSet resident = new BitSet();
  private final int[] nextUse;
  private long bytes;
  private long evictions;
  private int position;

  /**
   * @param requests the contents that will be asked for, in this order
   */
  BeladySizeCache(int[] requests, Catalogue catalogue, long capacity) {
    this.catalogue = catalogue;
    this.requests = requests.clone();
    this.capacity = capacity;
    next = NextUse.of(requests, catalogue.contents());
    nextUse = new int[catalogue.contents()];
  }

  @Override
  public boolean request(int content, int client, boolean reachable) {
    if (requests[position] != content) {
      throw new IllegalStateException(
          "content: %d (expected: %d, as foreseen)".formatted(content, requests[position]));
    }
    boolean held = resident.get(content);
    if (held) {
      drop(content);
    }
    nextUse[content] = next[position];
    boolean comesBack = next[position] != NextUse.NEVER;
    if (comesBack && (held || reachable) && catalogue.bytes(content) <= capacity) {
      hold(content);
      while (bytes > capacity) {
        drop(worst());
        evictions++;
      }
    }
    position++;
    return held;
  }

  private void hold(int content) {
    classOf(content).add(content);
    resident.set(content);
    bytes += catalogue.bytes(content);
  }

  private void drop(int content) {
    classOf(content).remove(content);
    resident.clear(content);
    bytes -= catalogue.bytes(content);
  }

  private NavigableSet<Integer> classOf(int content) {
    int number = (int) (Math.log((double) catalogue.bytes(content)) / Math.log(CLASS_RATIO));
    while (classes.size() <= number) {
      classes.add(
          new TreeSet<>(Comparator.<Integer>comparingInt(c -> -nextUse[c]).thenComparing(c -> c)));
    }
    return classes.get(number);
  }

  private int worst() {
    int worst = -1;
    double most = -1;
    for (int number = 0; number < classes.size(); number++) {
      double largest = Math.pow(CLASS_RATIO, number + 1);
      for (int content : classes.get(number)) {
        double time = nextUse[content] - position;
        if (time * largest <= most) {
          break;
        }
        double product = time * catalogue.bytes(content);
        if (product > most) {
          most = product;
          worst = content;
        }
      }
    }
    return worst;
  }

  @Override
  public boolean holds(int content) {
    return resident.get(content);
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public long evictions() {
    return evictions;
  }
}
