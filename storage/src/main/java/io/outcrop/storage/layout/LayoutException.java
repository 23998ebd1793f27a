package io.outcrop.storage.layout;

import java.io.IOException;

/** Says that something is no image layout that can be used, and why. */
public final class LayoutException extends IOException {

  private static final long serialVersionUID = 1;

  /**
   * @param message what is wrong, and where
   */
  public LayoutException(String message) {
    super(message);
  }

  /**
   * @param message what is wrong, and where
   * @param cause the complaint of whoever found it
   */
  public LayoutException(String message, Throwable cause) {
    super(message, cause);
  }
}
