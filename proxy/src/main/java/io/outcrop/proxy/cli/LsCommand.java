package io.outcrop.proxy.cli;

import java.io.PrintStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code outcrop ls}: which images are held. */
@Command(
    name = "ls",
    description = "Lists the images that are held, and how much of each.",
    mixinStandardHelpOptions = true)
final class LsCommand extends AdminCommand {

  @Parameters(
      paramLabel = "REPOSITORY",
      arity = "0..1",
      description = "Only those of one repository, such as debian or quay.io/org/app.")
  private @Nullable String repository;

  @Override
  void run(AdminClient edge, PrintStream out) throws CommandException {
    ArrayNode images = JsonMapper.shared().createArrayNode();
    Optional<String> after = Optional.empty();
    do {
      String query =
          repository != null
              ? AdminClient.path("?repository=", repository)
              : after.map(last -> AdminClient.path("?after=", last)).orElse("");
      JsonNode page = edge.get("/admin/v1/images" + query);
      page.path("images").forEach(images::add);
      after = page.has("next") ? Optional.of(page.path("next").asString("")) : Optional.empty();
    } while (after.isPresent());
    if (json()) {
      ObjectNode all = JsonMapper.shared().createObjectNode();
      all.set("images", images);
      print(out, all);
      return;
    }
    Table table =
        new Table("IMAGE", "DIGEST", "PLATFORMS", "SIZE", "MISSING", "LAST USE", "PINNED");
    for (JsonNode image : images) {
      boolean complete = image.path("complete").asBoolean(false);
      table.row(
          Shown.text(image.path("image")),
          Shown.digest(image.path("digest")),
          Shown.list(image.path("platforms")),
          Sizes.of(image.path("bytes")),
          complete ? "nothing" : Sizes.of(image.path("missingBytes")),
          Shown.ago(image.path("lastUse")),
          image.path("pinnedBy").isEmpty() ? "" : "pinned");
    }
    table.print(out);
  }
}
