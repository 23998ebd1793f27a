package io.outcrop.proxy.refactor;

import java.io.IOException;

/** Something that an image is to be made of cannot be had now. */
final class OriginalMissingException extends IOException {

  private static final long serialVersionUID = 1;

  OriginalMissingException(String message, Throwable cause) {
    super(message, cause);
  }
}
