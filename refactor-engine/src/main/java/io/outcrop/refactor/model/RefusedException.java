package io.outcrop.refactor.model;

import java.io.IOException;

/**
 * Says that an image is left as it is, and why. An {@link IOException}, as most of the reasons are
 * found while a layer is read; any other one says nothing about the image and may be gone next
 * time.
 */
public final class RefusedException extends IOException {

  private static final long serialVersionUID = 1;

  private final Reason reason;

  /**
   * @param reason the kind of reason
   * @param message what and where, for people
   */
  public RefusedException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /**
   * @param reason the kind of reason
   * @param message what and where, for people
   * @param cause what another library said
   */
  public RefusedException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** The kind of reason. */
  public Reason reason() {
    return reason;
  }
}
