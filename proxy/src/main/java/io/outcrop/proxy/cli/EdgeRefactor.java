package io.outcrop.proxy.cli;

import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Has a running edge refactor images, one after another, and waits for each. */
final class EdgeRefactor {

  private final AdminClient edge;
  private final PrintStream out;
  private final boolean json;

  EdgeRefactor(AdminClient edge, PrintStream out, boolean json) {
    this.edge = edge;
    this.out = out;
    this.json = json;
  }

  /**
   * Does it.
   *
   * @param images at least one, as operators name them
   * @param dryRun whether to find out only what would come of it
   * @param adopt whether their tags are answered with what is made from now on
   */
  void run(List<String> images, boolean dryRun, boolean adopt) throws CommandException {
    if (images.isEmpty()) {
      throw new CommandException(
          Main.BAD_COMMAND_LINE, "say which image the edge is to refactor, or --layout DIR");
    }
    for (String image : images) {
      JsonNode wanted =
          JsonMapper.shared()
              .createObjectNode()
              .put("image", image)
              .put("dryRun", dryRun)
              .put("adopt", adopt);
      JsonNode job =
          new JobWatch(edge)
              .await(edge.send("POST", "/admin/v1/refactor", Optional.of(wanted)), System.err);
      if (json) {
        AdminCommand.print(out, job);
      } else {
        out.println(Shown.text(job.path("subject")) + " " + Shown.text(job.path("result")));
      }
    }
  }
}
