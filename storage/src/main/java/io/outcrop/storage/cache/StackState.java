package io.outcrop.storage.cache;

/** How content stands in the best of the images it belongs to. */
public enum StackState {
  /** It belongs to no image that is known. */
  NONE,
  /** Its images lack layers, as one of them was evicted. */
  BROKEN,
  /** Its images lack layers that were never here, or are on their way. */
  PARTIAL,
  /** An image it belongs to is here as a whole. */
  COMPLETE
}
