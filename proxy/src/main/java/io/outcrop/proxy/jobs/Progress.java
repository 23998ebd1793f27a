package io.outcrop.proxy.jobs;

/**
 * How far work is.
 *
 * @param donePieces pieces that are done
 * @param pieces pieces there are, as far as that is known
 * @param doneBytes bytes that are done, those of pieces under way among them
 * @param bytes bytes there are, as far as that is known
 */
public record Progress(int donePieces, int pieces, long doneBytes, long bytes) {

  /** Of work that has not begun. */
  public static final Progress NONE = new Progress(0, 0, 0, 0);
}
