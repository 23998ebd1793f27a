package io.outcrop.proxy.http;

/** Answers requests. Called on an event loop, so it must not block. */
public interface RequestHandler {

  /** Answers one request, now or later, through {@link Exchange#respond}. */
  void handle(Exchange exchange);
}
