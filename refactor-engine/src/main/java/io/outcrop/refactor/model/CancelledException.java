package io.outcrop.refactor.model;

import java.io.IOException;

/** Says that work was given up because somebody asked for it, or its time was over. */
public final class CancelledException extends IOException {

  private static final long serialVersionUID = 1;

  /**
   * @param message why
   */
  public CancelledException(String message) {
    super(message);
  }
}
