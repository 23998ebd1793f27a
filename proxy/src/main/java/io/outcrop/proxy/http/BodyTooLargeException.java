package io.outcrop.proxy.http;

import java.io.IOException;

/** Says that the body of a request is longer than is taken. */
public final class BodyTooLargeException extends IOException {

  private static final long serialVersionUID = 1;

  BodyTooLargeException(long most) {
    super("body of the request: longer than is taken (expected: <= " + most + " bytes)");
  }
}
