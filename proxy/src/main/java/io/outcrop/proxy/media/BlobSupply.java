package io.outcrop.proxy.media;

import io.outcrop.proxy.media.ImportPlan.Need;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;

/** Where the blobs of a layout come from. */
interface BlobSupply {

  /**
   * Gives what is needed, as far as it is there, each once, in the order that suits the source.
   *
   * @throws IOException if something is there and cannot be right
   */
  void give(Collection<Need> needs, Taker taker) throws IOException;

  /** Is given blobs. */
  @FunctionalInterface
  interface Taker {
    /** Takes what it wants of a blob. */
    void take(Need need, Source source) throws IOException;
  }

  /** The bytes of one blob. */
  @FunctionalInterface
  interface Source {
    /**
     * Its bytes from an offset on.
     *
     * @throws IOException if they cannot be had, or not a second time
     */
    InputStream open(long offset) throws IOException;
  }
}
