package io.outcrop.proxy.cli;

import io.outcrop.refactor.model.CancelledException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;

/** Ends a verb that works on a layout: what went wrong becomes one line and an exit code. */
final class LayoutVerb {

  private LayoutVerb() {}

  /** What a verb does. */
  interface Work {
    /** Does it. */
    void run(Interruption interruption) throws IOException, CommandException;
  }

  /**
   * Does it.
   *
   * @param onInterrupt what to say when it was interrupted
   * @return the code to exit with
   */
  static int call(Work work, String onInterrupt) {
    try (Interruption interruption = new Interruption()) {
      return call(work, interruption, onInterrupt);
    }
  }

  private static int call(Work work, Interruption interruption, String onInterrupt) {
    try {
      work.run(interruption);
      return 0;
    } catch (CommandException e) {
      return end(e.exitCode(), String.valueOf(e.getMessage()));
    } catch (CancelledException _) {
      return end(Main.FAILED, onInterrupt);
    } catch (NoSuchFileException e) {
      return end(Main.FAILED, e.getFile() + ": there is no such file");
    } catch (IOException e) {
      return end(Main.FAILED, String.valueOf(e.getMessage()));
    }
  }

  private static int end(int code, String why) {
    System.err.println("outcrop: " + why);
    return code;
  }
}
