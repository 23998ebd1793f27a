package io.outcrop.storage;

import io.outcrop.oci.Digest;
import java.io.IOException;

/** Says that content cannot be kept, as everything resident is in use or the disk is full. */
public final class InsufficientSpaceException extends StoreException {

  private static final long serialVersionUID = 1;

  /**
   * @param message how much was asked for, and how much there is
   */
  public InsufficientSpaceException(String message) {
    super(message);
  }

  /** What a failed write of content is to its caller. */
  static IOException orSame(IOException e, Digest digest) {
    String message = String.valueOf(e.getMessage());
    return message.contains("No space left") || message.contains("quota exceeded")
        ? new InsufficientSpaceException("disk full while storing " + digest)
        : e;
  }
}
