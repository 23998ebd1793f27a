package io.outcrop.refactor.plan.intrinsic;

/**
 * Finds components by what a package manager leaves in an image. Nothing in there is trusted: what
 * is not understood claims nothing. For one image, and one thread.
 */
interface DatabaseReader {

  /**
   * Sees a file, all of them once, in the order of paths, before anything is read.
   *
   * @param path as UTF-8, for matching
   * @return how many bytes the file may have to be read: 0 to leave it alone
   */
  int sees(int entry, String path);

  /** Takes the content of a file asked for; they come in any order. */
  void read(int entry, String path, byte[] content);
}
