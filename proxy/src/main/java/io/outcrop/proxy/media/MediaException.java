package io.outcrop.proxy.media;

import java.io.IOException;

/** Says why images cannot be carried, in a line for the operator. */
public final class MediaException extends IOException {

  private static final long serialVersionUID = 1;

  MediaException(String message) {
    super(message);
  }

  MediaException(String message, Throwable cause) {
    super(message, cause);
  }
}
