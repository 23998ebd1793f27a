package io.outcrop.proxy;

import io.outcrop.proxy.cli.Main;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * What a command line came to, run in this process.
 *
 * @param exitCode the code it would have exited with
 * @param out what it printed
 * @param err what it said on standard error
 */
record CommandRun(int exitCode, String out, String err) {

  /** Runs a command line. One at a time, as there is one standard output. */
  static synchronized CommandRun of(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream realOut = System.out;
    PrintStream realErr = System.err;
    int exitCode;
    try (PrintStream printed = new PrintStream(out, true, StandardCharsets.UTF_8);
        PrintStream said = new PrintStream(err, true, StandardCharsets.UTF_8)) {
      System.setOut(printed);
      System.setErr(said);
      exitCode = Main.run(arguments);
    } finally {
      System.setOut(realOut);
      System.setErr(realErr);
    }
    return new CommandRun(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
