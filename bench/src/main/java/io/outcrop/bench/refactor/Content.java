package io.outcrop.bench.refactor;

/**
 * A file's bytes in a {@link ContentSpool}. Equal contents of one spool are the same object, which
 * has a number.
 *
 * @param number counted from 0; -1 of {@link #NONE}
 * @param offset where they are in the spool's file
 * @param size in bytes
 */
record Content(int number, long offset, long size) {

  /** Of what has none: an empty file, a directory, a link. */
  static final Content NONE = new Content(-1, 0, 0);
}
