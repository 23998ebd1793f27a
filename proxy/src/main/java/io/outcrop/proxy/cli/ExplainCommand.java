package io.outcrop.proxy.cli;

import java.io.PrintStream;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code outcrop explain}: why something is here, or is not. */
@Command(
    name = "explain",
    description = "Says why an image, or one piece of content, is here or was evicted.",
    footer = {
      "",
      "LIST: probation, used once; proven, used again; ghost_…, evicted and still remembered.",
      "Of a list, what has the least VALUE leaves first: how often it was used (FREQ), times how",
      "long it would take to get it again (COST) for its size. STACK tells how it stands in images."
    },
    mixinStandardHelpOptions = true)
final class ExplainCommand extends AdminCommand {

  @Parameters(paramLabel = "IMAGE|DIGEST", description = "Such as debian:12 or sha256:…")
  private String what = "";

  @Override
  void run(AdminClient edge, PrintStream out) throws CommandException {
    boolean digest = what.startsWith("sha256:") || what.startsWith("sha512:");
    JsonNode answer =
        edge.get(
            digest
                ? AdminClient.path("/admin/v1/content/", what) + "/explanation"
                : AdminClient.path("/admin/v1/images/", what));
    if (json()) {
      print(out, answer);
      return;
    }
    Table table =
        new Table(
            "DIGEST",
            "KIND",
            "SIZE",
            "STATE",
            "LIST",
            "FREQ",
            "COST",
            "VALUE",
            "STACK",
            "LAST USE",
            "PINNED BY");
    if (digest) {
      row(table, answer);
    } else {
      image(answer, out);
      answer.path("parts").forEach(part -> row(table, part));
    }
    table.print(out);
    if (digest) {
      out.println();
      out.println("repositories: " + Shown.list(answer.path("repositories")));
    }
  }

  private static void image(JsonNode image, PrintStream out) {
    out.printf(
        "%s %s%nplatforms: %s%s%n%s%n%n",
        Shown.text(image.path("image")),
        Shown.text(image.path("digest")),
        Shown.list(image.path("platforms")),
        image.path("otherPlatforms").asInt(0) == 0
            ? ""
            : " (and " + image.path("otherPlatforms").asInt(0) + " of which nothing is held)",
        image.path("complete").asBoolean(false)
            ? "complete: " + Sizes.of(image.path("bytes"))
            : "missing: %s of %s in %d pieces"
                .formatted(
                    Sizes.of(image.path("missingBytes")),
                    Sizes.of(image.path("bytes")),
                    image.path("missingPieces").asInt(0)));
    refactored(image.path("refactored"), out);
  }

  private static void refactored(JsonNode refactored, PrintStream out) {
    switch (refactored.path("outcome").asString("")) {
      case "refactored" ->
          out.printf(
              "refactored: %s in %d layers, %s in place of %s%n%n",
              Shown.text(refactored.path("digest")),
              refactored.path("layers").asInt(0),
              Sizes.of(refactored.path("bytes")),
              Sizes.of(refactored.path("sourceBytes")));
      case "refused" ->
          out.printf(
              "not refactored: %s: %s%n%n",
              Shown.text(refactored.path("reason")), Shown.text(refactored.path("detail")));
      case "failed" ->
          out.printf("not refactored yet: %s%n%n", Shown.text(refactored.path("detail")));
      default -> {
        // Nobody has thought about it.
      }
    }
  }

  private static void row(Table table, JsonNode part) {
    JsonNode departure = part.path("departure");
    JsonNode standing = part.has("list") ? part : departure.path("standing");
    table.row(
        Shown.text(part.path("digest")),
        Shown.text(part.path("kind")),
        Sizes.of(part.has("bytes") ? part.path("bytes") : departure.path("bytes")),
        state(part),
        Shown.text(standing.path("list")),
        number(standing.path("frequency")),
        standing.has("costSeconds") ? number(standing.path("costSeconds")) + " s" : "",
        number(standing.path("value")),
        Shown.text(standing.path("stackState")),
        Shown.ago(part.has("lastUse") ? part.path("lastUse") : standing.path("lastAccess")),
        Shown.list(part.path("pinnedBy")));
  }

  private static String state(JsonNode part) {
    if (part.path("resident").asBoolean(false)) {
      return "here";
    }
    JsonNode departure = part.path("departure");
    return departure.isObject()
        ? "gone: " + Shown.text(departure.path("reason")) + ", " + Shown.ago(departure.path("at"))
        : "not here";
  }

  private static String number(JsonNode node) {
    return node.isNumber() ? String.format(Locale.ROOT, "%.3g", node.asDouble(0)) : "";
  }
}
