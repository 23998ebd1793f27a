package io.outcrop.storage;

import java.io.IOException;

/** Says that the store cannot be opened, read or written, and what to do about it. */
public class StoreException extends IOException {

  private static final long serialVersionUID = 1;

  /**
   * @param message what failed, where, and what to do
   */
  public StoreException(String message) {
    super(message);
  }

  /**
   * @param message what failed, where, and what to do
   * @param cause the failure below
   */
  public StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
