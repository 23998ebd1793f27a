package io.outcrop.storage.cache;

import io.outcrop.oci.Digest;

/**
 * Resident content as the policy sees it. There is one for each, so it is kept lean: 56 bytes.
 *
 * <p>Its value is what the list had been inflated to when it was last used, plus its weight.
 */
final class Resident extends DigestTable.Keyed {

  final long bytes;
  double value;
  float weight;
  float frequency;
  long lastAccessMillis;
  // In the heap of its segment; or, complemented, among those set aside.
  int slot;
  boolean proven;

  Resident(Digest digest, long bytes, float frequency, boolean proven, long lastAccessMillis) {
    super(digest);
    this.bytes = bytes;
    this.frequency = frequency;
    this.proven = proven;
    this.lastAccessMillis = lastAccessMillis;
  }

  SegmentName list() {
    return proven ? SegmentName.PROVEN : SegmentName.PROBATION;
  }

  boolean isAside() {
    return slot < 0;
  }

  /** Whether this leaves before another: lower in value or, where that is equal, older in use. */
  boolean before(Resident other) {
    return value < other.value
        || (value == other.value && lastAccessMillis < other.lastAccessMillis);
  }
}
