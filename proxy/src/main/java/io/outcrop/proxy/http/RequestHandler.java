package io.outcrop.proxy.http;

/** Answers requests. Called on an event loop, so it must not block. */
public interface RequestHandler {

  /** Answers one request, now or later, through {@link Exchange#respond}. */
  void handle(Exchange exchange);

  /**
   * Whether requests may have bodies, to be read from {@link Exchange#body}. Otherwise a short one
   * is dropped, and a long one ends its connection.
   */
  default boolean takesBodies() {
    return false;
  }
}
