package io.outcrop.proxy.cli;

import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A verb that talks to a running edge. */
abstract class AdminCommand implements Callable<Integer> {

  @Mixin private AdminOptions options;

  /** Made by picocli, which sets the options. */
  AdminCommand() {
    options = new AdminOptions();
  }

  /**
   * Does what the verb is for.
   *
   * @param out where results go; what is said on the way goes to standard error
   * @throws CommandException if it cannot be done
   */
  abstract void run(AdminClient edge, PrintStream out) throws CommandException;

  /** Whether results are to be printed as the edge gave them. */
  final boolean json() {
    return options.json();
  }

  /** Prints a document as JSON. */
  static void print(PrintStream out, JsonNode document) {
    out.println(JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(document));
  }

  @Override
  public final Integer call() {
    try (AdminClient edge = options.connect()) {
      run(edge, System.out);
      return 0;
    } catch (CommandException e) {
      System.err.println("outcrop: " + e.getMessage());
      return e.exitCode();
    }
  }
}
