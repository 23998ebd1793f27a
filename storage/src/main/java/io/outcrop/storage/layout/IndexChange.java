package io.outcrop.storage.layout;

import java.io.IOException;

/** Makes an index from the one that is there. */
@FunctionalInterface
public interface IndexChange {

  /** The index to be, of the one that is. */
  LayoutIndex apply(LayoutIndex index) throws IOException;
}
