package io.outcrop.proxy.cli;

import java.io.PrintStream;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code outcrop unpin}: lets an image go. */
@Command(
    name = "unpin",
    description = "Lets a pinned image go when its time has come; it is not removed by this.",
    mixinStandardHelpOptions = true)
final class UnpinCommand extends AdminCommand {

  @Parameters(paramLabel = "IMAGE", description = "As it was pinned.")
  private String image = "";

  @Override
  void run(AdminClient edge, PrintStream out) throws CommandException {
    var _ = edge.send("DELETE", AdminClient.path("/admin/v1/pins/", image), Optional.empty());
  }
}
