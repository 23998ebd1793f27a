package io.outcrop.storage;

/** Says that the database found its own files to be damaged. */
final class CorruptionException extends StoreException {

  private static final long serialVersionUID = 1;

  CorruptionException(String message, Throwable cause) {
    super(message, cause);
  }
}
