package io.outcrop.bench.cache.policy;

import io.outcrop.oci.Digest;
import java.util.Optional;

/**
 * The Adaptive Replacement Cache (Megiddo and Modha, FAST'03), with every length in bytes and the
 * steps of the adaptation multiplied by the size of what returns.
 */
final class ByteArc extends Rival {

  private final Chain once = new Chain();
  private final Chain often = new Chain();
  private final Chain onceGone = new Chain();
  private final Chain oftenGone = new Chain();
  private final long capacity;
  private double target;
  private boolean returnsToOften;

  ByteArc(long capacity) {
    this.capacity = capacity;
  }

  /** The bytes that content used once should have. */
  double target() {
    return target;
  }

  @Override
  public boolean admits(Digest content, long bytes, long freeBytes, boolean wanted) {
    Entry known = entry(content);
    returnsToOften = known != null && known.isIn(oftenGone);
    if (returnsToOften) {
      target = Math.max(0, target - step(onceGone, oftenGone) * bytes);
    } else if (known != null && known.isIn(onceGone)) {
      target = Math.min((double) capacity, target + step(oftenGone, onceGone) * bytes);
    }
    return true;
  }

  private static double step(Chain other, Chain hit) {
    return Math.max(1, (double) other.bytes() / hit.bytes());
  }

  @Override
  public void admitted(Digest content, long bytes) {
    Entry entry = entry(content, bytes);
    (entry.chain == null ? once : often).add(entry);
    returnsToOften = false;
    trim(onceGone, Math.max(0, capacity - once.bytes()));
    trim(oftenGone, Math.max(0, 2 * capacity - once.bytes() - often.bytes() - onceGone.bytes()));
  }

  @Override
  boolean isResident(Entry entry) {
    return entry.isIn(once) || entry.isIn(often);
  }

  @Override
  void used(Entry entry) {
    often.add(entry);
  }

  @Override
  Optional<Entry> leastValuable() {
    boolean fromOnce =
        once.bytes() > target || (returnsToOften && once.bytes() >= target) || often.isEmpty();
    return fromOnce && !once.isEmpty() ? once.oldest() : often.oldest();
  }

  @Override
  void left(Entry entry) {
    (entry.isIn(once) ? onceGone : oftenGone).add(entry);
  }
}
