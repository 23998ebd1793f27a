package io.outcrop.refactor.plan.epoch;

import java.io.IOException;

/** Says what is wrong with a document, or with its signature. */
public final class InvalidEpochException extends IOException {

  private static final long serialVersionUID = 1;

  InvalidEpochException(String message) {
    super(message);
  }

  InvalidEpochException(String message, Throwable cause) {
    super(message, cause);
  }
}
