package io.outcrop.proxy.fill;

/** What came of a blob that somebody brought. */
public sealed interface Received {

  /** It was verified, and is kept. */
  record Stored() implements Received {}

  /** It was held already, and what was brought is the same. */
  record Held() implements Received {}

  /** Somebody else brings or fetches it at this moment; nothing was read. */
  record Busy() implements Received {}

  /**
   * It was to begin behind what is there; nothing was read.
   *
   * @param length of what is there, in bytes
   */
  record Ahead(long length) implements Received {}
}
