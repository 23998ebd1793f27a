package io.outcrop.proxy.cli;

import java.io.PrintStream;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

/** {@code outcrop pins}: what is pinned. */
@Command(
    name = "pins",
    description = "Lists what is pinned, and how much of it is here.",
    mixinStandardHelpOptions = true)
final class PinsCommand extends AdminCommand {

  @Override
  void run(AdminClient edge, PrintStream out) throws CommandException {
    JsonNode pins = edge.get("/admin/v1/pins");
    if (json()) {
      print(out, pins);
      return;
    }
    Table table = new Table("IMAGE", "DIGEST", "PLATFORMS", "STATE", "SIZE", "MISSING", "PROBLEM");
    for (JsonNode pin : pins.path("pins")) {
      table.row(
          Shown.text(pin.path("image")),
          Shown.digest(pin.path("digest")),
          Shown.list(pin.path("platforms")),
          Shown.text(pin.path("state")),
          Sizes.of(pin.path("bytes")),
          Sizes.of(pin.path("missingBytes")),
          Shown.text(pin.path("problem")));
    }
    table.print(out);
  }
}
