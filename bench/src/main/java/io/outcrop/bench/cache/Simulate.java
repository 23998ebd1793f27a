package io.outcrop.bench.cache;

import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The cache simulator. */
@Command(
    name = "bench/simulate",
    description = "Runs cache policies against recorded and generated requests to a registry.",
    mixinStandardHelpOptions = true,
    subcommands = {
      CompareCommand.class,
      DrawsCommand.class,
      ExportCommand.class,
      AgreeCommand.class
    })
final class Simulate implements Runnable {

  private Simulate() {}

  /** Runs a verb and exits with its code. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Simulate())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(Simulate::fail);
  }

  private static int fail(Exception failure, CommandLine command, CommandLine.ParseResult arguments)
      throws Exception {
    if (failure instanceof IOException || failure instanceof IllegalArgumentException) {
      command.getErr().println(failure.getMessage());
      return 1;
    }
    throw failure;
  }

  /** Without a verb there is nothing to do but to say which verbs there are. */
  @Override
  public void run() {
    CommandLine.usage(this, System.out);
  }
}
