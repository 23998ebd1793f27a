package io.outcrop.storage;

/** Why content is not here, though it was, or was on its way. */
public enum Reason {
  /** There was no room for it and what came. */
  ROOM(1),
  /** Others fill the volume, so that content has to take less of it. */
  LOW_SPACE(2),
  /** It was not worth what would have had to leave for it, and was passed on without being kept. */
  REFUSED(3),
  /** An operator wanted it gone. */
  OPERATOR(4),
  /** It was found missing, or of another length. */
  DAMAGED(5),
  /** Its bytes were found to be no longer what its digest promises. */
  ROTTEN(6);

  private final int code;

  Reason(int code) {
    this.code = code;
  }

  /** What stands for it in the database. */
  byte code() {
    return (byte) code;
  }

  static Reason of(byte code) {
    for (Reason reason : values()) {
      if (reason.code == code) {
        return reason;
      }
    }
    throw new IllegalStateException(
        "reason: " + code + " (expected: 1 to " + values().length + ")");
  }
}
