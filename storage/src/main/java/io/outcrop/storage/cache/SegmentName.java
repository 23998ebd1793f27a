package io.outcrop.storage.cache;

/**
 * The four lists of the Adaptive Replacement Cache: content used once and content used again, each
 * resident or only remembered.
 */
public enum SegmentName {
  /** Resident, used once: T1. */
  PROBATION,
  /** Resident, used again: T2. */
  PROVEN,
  /** Evicted from {@link #PROBATION} and remembered: B1. */
  GHOST_PROBATION,
  /** Evicted from {@link #PROVEN} and remembered: B2. */
  GHOST_PROVEN;

  /** Whether its members are here, rather than remembered. */
  public boolean isResident() {
    return this == PROBATION || this == PROVEN;
  }

  /** Where its members are remembered once they are evicted. */
  SegmentName ghost() {
    return switch (this) {
      case PROBATION, GHOST_PROBATION -> GHOST_PROBATION;
      case PROVEN, GHOST_PROVEN -> GHOST_PROVEN;
    };
  }
}
