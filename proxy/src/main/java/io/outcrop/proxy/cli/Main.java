package io.outcrop.proxy.cli;

import io.outcrop.proxy.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The {@code outcrop} command. */
@Command(
    name = "outcrop",
    description = "An OCI registry proxy for edge sites.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.VersionProvider.class,
    subcommands = {
      ServeCommand.class,
      StatusCommand.class,
      LsCommand.class,
      ExplainCommand.class,
      PinCommand.class,
      UnpinCommand.class,
      PinsCommand.class,
      PrefetchCommand.class,
      EvictCommand.class,
      JobsCommand.class,
      ScrubCommand.class,
      ExportCommand.class,
      ImportCommand.class,
      RefactorCommand.class,
      InspectCommand.class,
      VerifyCommand.class,
      AotTrainingCommand.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      " 0:done",
      " 1:it failed; the reason is on standard error",
      " 2:the command line is wrong",
      " 3:there is no such thing: image, content, pin, job",
      "69:no Java 25 was found, or Outcrop could not be built, or no edge answers",
      "77:the edge refuses: it asks for another token, or none from this address",
      "78:the configuration is wrong, or a file it names cannot be read"
    })
public final class Main implements Runnable {

  /** It failed. */
  static final int FAILED = 1;

  /** The command line is wrong; as picocli has it. */
  static final int BAD_COMMAND_LINE = 2;

  /** There is no such thing. */
  static final int NOT_FOUND = 3;

  /** No edge answers; the number that {@code sysexits.h} has for what is unavailable. */
  static final int UNREACHABLE = 69;

  /** The edge refuses; the number that {@code sysexits.h} has for it. */
  static final int NO_PERMISSION = 77;

  /** The configuration is wrong; the number that {@code sysexits.h} has for it. */
  static final int BAD_CONFIGURATION = 78;

  private Main() {}

  /** Runs the command line and exits with its code. */
  public static void main(String[] arguments) {
    // Before the first logger is made.
    System.setProperty("java.util.logging.manager", LastingLogManager.class.getName());
    System.exit(run(arguments));
  }

  /** Runs the command line; the code to exit with. */
  public static int run(String... arguments) {
    return new CommandLine(new Main())
        // A file may be called as a verb is: 'refactor --plan plan'.
        .setAllowSubcommandsAsOptionParameters(true)
        .execute(arguments);
  }

  /** Without a verb there is nothing to do but to say which verbs there are. */
  @Override
  public void run() {
    CommandLine.usage(this, System.out);
  }

  static final class VersionProvider implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"outcrop " + Version.current()};
    }
  }
}
