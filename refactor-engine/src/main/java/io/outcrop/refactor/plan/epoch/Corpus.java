package io.outcrop.refactor.plan.epoch;

import io.outcrop.refactor.view.View;
import java.io.IOException;

/** The images an epoch is learned from. */
public interface Corpus {

  /** How many images there are. */
  int size();

  /**
   * The root file system of an image. Each is asked for twice, and only one is in use at a time, so
   * that it may be read anew each time; it has to be the same both times.
   *
   * @param image from 0 to {@link #size()}
   * @throws IOException if it cannot be read, or the work is cancelled
   */
  View view(int image) throws IOException;
}
