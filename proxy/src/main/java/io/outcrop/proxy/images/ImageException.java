package io.outcrop.proxy.images;

/** Says why an image cannot be dealt with as a whole. */
public final class ImageException extends Exception {

  private static final long serialVersionUID = 1;

  ImageException(String message) {
    super(message, null, false, false);
  }
}
