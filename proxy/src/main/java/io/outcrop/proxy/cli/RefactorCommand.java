package io.outcrop.proxy.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code outcrop refactor}: images layered anew, so that they share what they have in common. */
@Command(
    name = "refactor",
    description = {
      "Layers images anew, so that they share what they have in common: standard images with the"
          + " same root file systems, next to the originals, which stay as they are.",
      "In a layout, what is made of NAME is called NAME-refactored. A cut run goes on where it was"
          + " when it is run again."
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

  @Option(names = "--json", description = "Prints the result as JSON.")
  private boolean json;

  /** Made by picocli, which sets the options. */
  RefactorCommand() {}

  @Override
  public Integer call() {
    return LayoutVerb.call(
        interruption -> {
          LayoutRefactor refactor =
              new LayoutRefactor(layout.required(), options, images, json, System.out);
          if (dryRun) {
            refactor.estimate(interruption.cancellation());
          } else {
            refactor.run(interruption.cancellation());
          }
        },
        "interrupted; run it again to go on from here");
  }
}
