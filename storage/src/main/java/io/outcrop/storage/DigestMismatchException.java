package io.outcrop.storage;

import io.outcrop.oci.Digest;

/** Says that bytes are not those their digest promises; nothing of them is kept. */
public final class DigestMismatchException extends StoreException {

  private static final long serialVersionUID = 1;

  /**
   * @param expected the digest asked for
   * @param actual the digest of the bytes that came
   */
  public DigestMismatchException(Digest expected, Digest actual) {
    super("content digest: " + actual + " (expected: " + expected + ")");
  }
}
