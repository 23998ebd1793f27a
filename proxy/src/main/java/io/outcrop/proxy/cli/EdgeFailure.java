package io.outcrop.proxy.cli;

import java.io.IOException;

/** Carries the end of a verb through code that knows of files and streams only. */
final class EdgeFailure extends IOException {

  private static final long serialVersionUID = 1;

  private final transient CommandException end;

  EdgeFailure(CommandException end) {
    super(end.getMessage(), end);
    this.end = end;
  }

  CommandException end() {
    return end;
  }
}
