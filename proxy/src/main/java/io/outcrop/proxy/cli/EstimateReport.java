package io.outcrop.proxy.cli;

import io.outcrop.refactor.Outcome;
import io.outcrop.refactor.report.Estimate;
import io.outcrop.refactor.report.ImageStrata;
import io.outcrop.refactor.report.Totals;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Tells what refactoring would bring. Stateless. */
final class EstimateReport {

  private EstimateReport() {}

  static void print(
      Estimate estimate, Map<String, Outcome.PassThrough> left, boolean json, PrintStream out) {
    Map<String, Outcome.PassThrough> sorted = new TreeMap<>(left);
    if (json) {
      AdminCommand.print(out, document(estimate, sorted));
      return;
    }
    Table table = new Table("IMAGE", "LAYERS", "SIZE", "WOULD HAVE", "ABOUT");
    for (int i = 0; i < estimate.after().size(); i++) {
      ImageStrata from = estimate.before().get(i);
      ImageStrata to = estimate.after().get(i);
      table.row(
          to.image(),
          Integer.toString(from.strata().size()),
          Sizes.of(from.bytes()),
          sorted.containsKey(to.image()) ? "as it is" : Counts.of(to.strata().size(), "layer"),
          Sizes.of(to.bytes()));
    }
    table.print(out);
    sorted.forEach((image, reason) ->
        out.println(
            image + " would be left as it is: " + reason.reason().code() + ": " + reason.detail()));
    out.println();
    table(estimate.totalsBefore(), estimate.totalsAfter(), "about ", out);
    out.println(
        "pulled again: about "
            + Sizes.of(estimate.pulledAgain())
            + ", by a node that holds all of them as they are now");
    out.println(
        "An estimate: nothing was built. It takes new layers to be compressed as well as those"
            + " their files come from.");
  }

  private static ObjectNode document(Estimate estimate, Map<String, Outcome.PassThrough> left) {
    ObjectNode document = JsonMapper.shared().createObjectNode();
    document.put("estimate", true);
    ArrayNode images = document.putArray("images");
    for (int i = 0; i < estimate.after().size(); i++) {
      ImageStrata from = estimate.before().get(i);
      ImageStrata to = estimate.after().get(i);
      ObjectNode node = images.addObject().put("image", to.image());
      node.putObject("before").put("layers", from.strata().size()).put("bytes", from.bytes());
      node.putObject("after").put("layers", to.strata().size()).put("bytes", to.bytes());
    }
    totals(document.putObject("before"), estimate.totalsBefore());
    totals(document.putObject("after"), estimate.totalsAfter());
    document.put("pulledAgainBytes", estimate.pulledAgain());
    ArrayNode list = document.putArray("left");
    left.forEach((image, reason) ->
        list.addObject()
            .put("image", image)
            .put("reason", reason.reason().code())
            .put("detail", reason.detail()));
    return document;
  }

  /** Puts totals into a document. */
  static void totals(ObjectNode node, Totals totals) {
    node.put("images", totals.images())
        .put("storedBytes", totals.stored())
        .put("stackBytes", totals.stack())
        .put("meanLayers", totals.meanLayers())
        .put("mostLayers", totals.mostLayers());
  }

  /** Prints totals side by side. */
  static void table(Totals from, Totals to, String about, PrintStream out) {
    Table table = new Table("ALL " + from.images() + " IMAGES", "ORIGINAL", "REFACTORED", "RATIO");
    table.row(
        "stored, all different layers",
        Sizes.of(from.stored()),
        about + Sizes.of(to.stored()),
        ratio(from.stored(), to.stored()));
    table.row(
        "unpacked on a node that runs all",
        Sizes.of(from.stack()),
        about + Sizes.of(to.stack()),
        ratio(from.stack(), to.stack()));
    table.row("layers an image, mean and most", layers(from), layers(to), "");
    table.print(out);
  }

  private static String layers(Totals totals) {
    return String.format(Locale.ROOT, "%.1f, %d", totals.meanLayers(), totals.mostLayers());
  }

  private static String ratio(long from, long to) {
    return from == 0 ? "" : String.format(Locale.ROOT, "%.3f", (double) to / from);
  }
}
