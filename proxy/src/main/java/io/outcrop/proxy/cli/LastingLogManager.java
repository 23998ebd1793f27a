package io.outcrop.proxy.cli;

import java.util.logging.LogManager;

/**
 * Keeps logging to the very end. The platform's own log manager takes its handlers away as soon as
 * the process is told to stop, and so loses whatever is said while it does. Public, as the platform
 * makes it by name.
 */
public final class LastingLogManager extends LogManager {

  /** Made by the platform. */
  public LastingLogManager() {}

  @Override
  public void reset() {
    // Handlers flush each line, so there is nothing that must be done at the end.
  }
}
