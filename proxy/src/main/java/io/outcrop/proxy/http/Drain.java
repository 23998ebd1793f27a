package io.outcrop.proxy.http;

/** Asks a connection to end once it has answered what it was asked. */
enum Drain {
  /** The listener is being closed. */
  REQUESTED
}
