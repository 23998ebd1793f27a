package io.outcrop.refactor.plan;

import java.io.IOException;
import java.io.InputStream;

/**
 * Reads regular files of a view. Each call may unpack every layer it touches once: ask for all that
 * is needed in one call.
 */
public interface FileContents {

  /** Takes the content of one file. */
  interface Visitor {

    /**
     * Takes one file.
     *
     * @param entry the index of the entry in the view
     * @param content what is in the file; ends with it, and need not be read to the end
     */
    void file(int entry, InputStream content) throws IOException;
  }

  /**
   * Reads files, in the order in which they come in the layers.
   *
   * @param entries indices of regular files in the view, in any order
   * @throws io.outcrop.refactor.model.RefusedException if a layer is not what it was when it was
   *     scanned
   * @throws IOException if a layer cannot be read, the visitor says so, or the work is cancelled
   */
  void read(int[] entries, Visitor visitor) throws IOException;
}
