package io.outcrop.proxy.cli;

import java.io.PrintStream;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code outcrop evict}: gets rid of something. */
@Command(
    name = "evict",
    description = {
      "Takes an image, or one piece of content, out of the store. Layers that other held images",
      "share stay, and so does what is pinned. Who is just being sent it gets it whole."
    },
    mixinStandardHelpOptions = true)
final class EvictCommand extends AdminCommand {

  @Parameters(paramLabel = "IMAGE|DIGEST", description = "Such as debian:12 or sha256:…")
  private String what = "";

  @Override
  void run(AdminClient edge, PrintStream out) throws CommandException {
    boolean digest = what.startsWith("sha256:") || what.startsWith("sha512:");
    JsonNode evicted =
        edge.send(
            "DELETE",
            AdminClient.path(digest ? "/admin/v1/content/" : "/admin/v1/images/", what),
            Optional.empty());
    if (json()) {
      print(out, evicted);
    } else {
      out.printf(
          "evicted %d pieces, %s%s%n",
          evicted.path("evictedPieces").asInt(0),
          Sizes.of(evicted.path("evictedBytes")),
          evicted.path("keptPieces").asInt(0) == 0
              ? ""
              : "; kept " + evicted.path("keptPieces").asInt(0) + " that are shared or pinned");
    }
  }
}
