package io.outcrop.bench.cache.workload;

import java.util.LinkedHashMap;
import java.util.function.IntConsumer;
import java.util.function.IntToLongFunction;

/** Holds the contents that were used last, as many as fit. For one thread. */
public final class RecencyList {

  private static final float LOAD_FACTOR = 0.75f;

  private final LinkedHashMap<Integer, Long> order = new LinkedHashMap<>(16, LOAD_FACTOR, true);
  private final IntToLongFunction bytesOf;
  private final long capacity;
  private final IntConsumer dropped;
  private long bytes;

  /**
   * @param bytesOf the size of a content
   * @param capacity in bytes
   * @param dropped told of each content that leaves
   */
  public RecencyList(IntToLongFunction bytesOf, long capacity, IntConsumer dropped) {
    this.bytesOf = bytesOf;
    this.capacity = capacity;
    this.dropped = dropped;
  }

  /** Uses a content; whether it was not here and now is. */
  public boolean use(int content) {
    long size = bytesOf.applyAsLong(content);
    if (order.get(content) != null || size > capacity) {
      return false;
    }
    bytes += size;
    while (bytes > capacity) {
      var eldest = order.pollFirstEntry();
      bytes -= eldest.getValue();
      dropped.accept(eldest.getKey());
    }
    order.put(content, size);
    return true;
  }

  /** Whether a content is here; not a use of it. */
  public boolean holds(int content) {
    return order.containsKey(content);
  }
}
