package io.outcrop.proxy.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code outcrop refactor}: images layered anew, so that they share what they have in common. */
@Command(
    name = "refactor",
    description = {
      "Layers images anew, so that they share what they have in common: standard images with the"
          + " same root file systems, next to the originals, which stay as they are.",
      "In a layout, what is made of NAME is called NAME-refactored. A cut run goes on where it was"
          + " when it is run again.",
      "Without --layout, a running edge does it, as its configuration says; its upstream must have"
          + " 'refactor: available' or 'serve'."
    },
    mixinStandardHelpOptions = true,
    subcommands = RefactorPlanCommand.class)
final class RefactorCommand implements Callable<Integer> {

  @Parameters(
      paramLabel = "IMAGE",
      arity = "0..*",
      description = "The images, by name or digest. Without any, all of the layout.")
  private List<String> images = List.of();

  @Mixin private LayoutOption layout = new LayoutOption();

  @Mixin private RefactorOptions options = new RefactorOptions();

  @Option(
      names = "--dry-run",
      description = "Tells what it would bring, by an estimate, and writes nothing.")
  private boolean dryRun;

  @Option(
      names = "--adopt",
      description =
          "Has the edge answer the tag with what is made, whatever it answered with before; nodes"
              + " that have the original pull once more.")
  private boolean adopt;

  @Mixin private AdminOptions admin = new AdminOptions();

  @Spec private @Nullable CommandSpec spec;

  /** Made by picocli, which sets the options. */
  RefactorCommand() {}

  @Override
  public Integer call() {
    return layout.folder().isPresent() ? inLayout() : onEdge();
  }

  private int onEdge() {
    try (AdminClient edge = admin.connect()) {
      refuse(RefactorOptions.NAMES, "for --layout only: an edge follows its configuration");
      new EdgeRefactor(edge, System.out, admin.json()).run(images, dryRun, adopt);
      return 0;
    } catch (CommandException e) {
      System.err.println("outcrop: " + e.getMessage());
      return e.exitCode();
    }
  }

  private void refuse(List<String> options, String why) throws CommandException {
    for (String option : options) {
      if (spec != null && spec.commandLine().getParseResult().hasMatchedOption(option)) {
        throw new CommandException(Main.BAD_COMMAND_LINE, option + ": " + why);
      }
    }
  }

  private int inLayout() {
    return LayoutVerb.call(
        interruption -> {
          refuse(
              List.of("--adopt", "--admin", "--token-file", "--ca"),
              "for an edge only, and --layout has none");
          LayoutRefactor refactor =
              new LayoutRefactor(layout.required(), options, images, admin.json(), System.out);
          if (dryRun) {
            refactor.estimate(interruption.cancellation());
          } else {
            refactor.run(interruption.cancellation());
          }
        },
        "interrupted; run it again to go on from here");
  }
}
