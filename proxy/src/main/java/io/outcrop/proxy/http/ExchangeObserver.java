package io.outcrop.proxy.http;

/** Told of every request that has ended. Called on an event loop, so it must not block. */
public interface ExchangeObserver {

  /** A request has begun to be answered, and its end will be told. */
  void started();

  /**
   * A request has ended.
   *
   * @param exchange the request
   * @param result how it ended
   */
  void ended(Exchange exchange, Result result);

  /**
   * How a request ended.
   *
   * @param status status of the answer, 0 if there was none
   * @param bytes bytes of the body that were sent
   * @param nanos time from the request to its end
   * @param whole whether all of the answer was sent
   */
  record Result(int status, long bytes, long nanos, boolean whole) {}
}
