package io.outcrop.proxy.cli;

/** Ends a verb: with a code of {@link Main}, and one line that says why. */
final class CommandException extends Exception {

  private static final long serialVersionUID = 1;

  private final int exitCode;

  CommandException(int exitCode, String message) {
    super(message, null, false, false);
    this.exitCode = exitCode;
  }

  int exitCode() {
    return exitCode;
  }
}
