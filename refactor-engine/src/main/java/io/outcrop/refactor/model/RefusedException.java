package io.outcrop.refactor.model;

/** Says that an image, or a part of one, is left as it is, and why. */
public final class RefusedException extends Exception {

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
