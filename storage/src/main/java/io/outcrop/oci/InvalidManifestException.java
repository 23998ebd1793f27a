package io.outcrop.oci;

/** Says that bytes are not a manifest Outcrop can serve, and why. */
public final class InvalidManifestException extends Exception {

  /**
   * @param message what is wrong with the document
   */
  public InvalidManifestException(String message) {
    super(message);
  }

  /**
   * @param message what is wrong with the document
   * @param cause the parser's own complaint
   */
  public InvalidManifestException(String message, Throwable cause) {
    super(message, cause);
  }
}
