package io.outcrop.bench.cache.policy;

import io.outcrop.oci.Digest;
import java.util.Optional;

/**
 * 2Q in its full version (Johnson and Shasha, VLDB'94): new content waits in a queue of a quarter
 * of the capacity, and joins the list of what is used again only if it is asked for after it fell
 * out. It is remembered for half a capacity.
 */
final class TwoQueue extends Rival {

  private final Chain in = new Chain();
  private final Chain out = new Chain();
  private final Chain main = new Chain();
  private final long mostIn;
  private final long mostOut;

  TwoQueue(long capacity) {
    mostIn = capacity / 4;
    mostOut = capacity / 2;
  }

  @Override
  public void admitted(Digest content, long bytes) {
    Entry entry = entry(content, bytes);
    (entry.isIn(out) ? main : in).add(entry);
  }

  @Override
  boolean isResident(Entry entry) {
    return !entry.isIn(out);
  }

  @Override
  void used(Entry entry) {
    if (entry.isIn(main)) {
      main.add(entry);
    }
  }

  @Override
  Optional<Entry> leastValuable() {
    return in.bytes() > mostIn || main.isEmpty() ? in.oldest() : main.oldest();
  }

  @Override
  void left(Entry entry) {
    if (entry.isIn(in)) {
      out.add(entry);
      trim(out, mostOut);
    } else {
      forget(entry);
    }
  }
}
