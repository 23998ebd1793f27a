package io.outcrop.proxy.cli;

import io.outcrop.oci.Descriptor;
import io.outcrop.refactor.Outcome;
import io.outcrop.refactor.layout.LayoutImage;
import io.outcrop.refactor.layout.LayoutOutcome;
import io.outcrop.refactor.layout.LayoutOutcome.Part;
import io.outcrop.refactor.layout.LayoutStrata;
import io.outcrop.refactor.model.Reason;
import io.outcrop.refactor.report.ImageStrata;
import io.outcrop.refactor.report.Totals;
import io.outcrop.storage.layout.LayoutException;
import io.outcrop.storage.layout.OciLayout;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Tells what came of each image as it comes, and of all at the end. One thread at a time. */
final class RefactorReport {

  private final boolean json;
  private final ProgressLine line;
  private final PrintStream out;
  private final ObjectNode document = JsonMapper.shared().createObjectNode();
  private final ArrayNode listed = document.putArray("images");
  private final List<ImageStrata> before = new ArrayList<>();
  private final List<ImageStrata> after = new ArrayList<>();
  private final List<String> leftAlone = new ArrayList<>();
  private final List<String> broken = new ArrayList<>();
  private int refactored;
  private int standing;

  /**
   * @param json whether there is one document at the end in place of lines
   */
  RefactorReport(boolean json, ProgressLine line, PrintStream out) {
    this.json = json;
    this.line = line;
    this.out = out;
  }

  /** Takes what came of an image. */
  void add(LayoutImage image, LayoutOutcome outcome, OciLayout layout) throws IOException {
    ObjectNode node =
        listed
            .addObject()
            .put("image", image.label())
            .put("source", image.entry().digest().toString());
    switch (outcome) {
      case LayoutOutcome.Refactored made -> {
        refactored++;
        entry(node, "refactored", image, made.entry().digest().toString());
        parts(node, made.parts());
        List<ImageStrata> strata = made(image, made.entry(), layout);
        say(
            image.refactoredLabel()
                + " "
                + shorten(made.entry().digest().toString())
                + ": "
                + sizes(original(image, layout), strata)
                + fresh(made.parts()));
        sayLeft(image, made.parts());
      }
      case LayoutOutcome.Standing there -> {
        standing++;
        entry(node, "standing", image, there.entry().digest().toString());
        say(
            image.refactoredLabel()
                + " is as it should be: "
                + sizes(original(image, layout), made(image, there.entry(), layout)));
      }
      case LayoutOutcome.Left left -> {
        leftAlone.add(image.label());
        node.put("outcome", "left");
        parts(node, left.parts());
        List<ImageStrata> strata = original(image, layout);
        after.addAll(strata);
        if (left.parts().isEmpty()) {
          say(image.label() + " is left as it is: no image of it is in the layout");
        }
        sayLeft(image, left.parts());
      }
    }
  }

  private static void entry(ObjectNode node, String outcome, LayoutImage image, String digest) {
    node.put("outcome", outcome).put("name", image.refactoredLabel()).put("digest", digest);
  }

  private List<ImageStrata> original(LayoutImage image, OciLayout layout) throws IOException {
    List<ImageStrata> strata = strata(image, layout);
    before.addAll(strata);
    return strata;
  }

  private List<ImageStrata> made(LayoutImage image, Descriptor entry, OciLayout layout)
      throws IOException {
    List<ImageStrata> strata =
        strata(new LayoutImage(image.label(), image.refactoredName(), entry), layout);
    after.addAll(strata);
    return strata;
  }

  private static List<ImageStrata> strata(LayoutImage image, OciLayout layout) throws IOException {
    try {
      return LayoutStrata.of(layout, image);
    } catch (LayoutException _) {
      return List.of(); // It has been told already that something is wrong with it.
    }
  }

  private static String sizes(List<ImageStrata> original, List<ImageStrata> made) {
    Totals from = Totals.of(original);
    Totals to = Totals.of(made);
    return "%s of %s, from %d of %s"
        .formatted(
            Counts.of(to.layers(), "layer"),
            Sizes.of(to.stored()),
            from.layers(),
            Sizes.of(from.stored()));
  }

  private static String fresh(List<Part> parts) {
    long written = 0;
    for (Part part : parts) {
      if (part.outcome() instanceof Outcome.Refactored made) {
        written +=
            made.layers().stream()
                .filter(layer -> !layer.reused())
                .mapToLong(layer -> layer.built().blobLength())
                .sum();
      }
    }
    return ", " + Sizes.of(written) + " new";
  }

  private void sayLeft(LayoutImage image, List<Part> parts) {
    for (Part part : parts) {
      if (part.outcome() instanceof Outcome.PassThrough left) {
        String platform = part.image().platform().map(p -> " " + p).orElse("");
        say(
            image.label()
                + platform
                + " is left as it is: "
                + left.reason().code()
                + ": "
                + left.detail());
        if (left.reason().kind() == Reason.Kind.DAMAGED
            || left.reason().kind() == Reason.Kind.FAULT) {
          broken.add(image.label());
        }
      }
    }
  }

  private static void parts(ObjectNode node, List<Part> parts) {
    ArrayNode list = node.putArray("platforms");
    for (Part part : parts) {
      ObjectNode one = list.addObject();
      part.image().platform().ifPresent(platform -> one.put("platform", platform.toString()));
      one.put("source", part.image().manifest().digest().toString());
      switch (part.outcome()) {
        case Outcome.Refactored made -> {
          one.put("digest", made.descriptor().digest().toString())
              .put("tree", made.treeDigest().toString());
          ArrayNode layers = one.putArray("layers");
          for (Outcome.Layer layer : made.layers()) {
            layers
                .addObject()
                .put("name", layer.name())
                .put("digest", layer.built().blob().toString())
                .put("bytes", layer.built().blobLength())
                .put("reused", layer.reused());
          }
        }
        case Outcome.PassThrough left ->
            one.put("reason", left.reason().code()).put("detail", left.detail());
      }
    }
  }

  private void say(String text) {
    line.clear();
    if (!json) {
      out.println(text);
    }
  }

  private static String shorten(String digest) {
    return digest.substring(0, "sha256:".length() + 12);
  }

  /** Tells of all. */
  void end() {
    Totals from = Totals.of(before);
    Totals to = Totals.of(after);
    if (json) {
      EstimateReport.totals(document.putObject("before"), from);
      EstimateReport.totals(document.putObject("after"), to);
      AdminCommand.print(out, document);
      return;
    }
    line.clear();
    out.printf(
        Locale.ROOT,
        "%d refactored, %d as they were refactored before, %d left as they are%n",
        refactored,
        standing,
        leftAlone.size());
    if (from.images() > 1) {
      EstimateReport.table(from, to, "", out);
    }
  }

  /** Whether it is to end as a failure: something is broken, or what was asked for was not done. */
  boolean hasFailed(boolean named) {
    return !broken.isEmpty() || (named && !leftAlone.isEmpty());
  }

  /** Why. */
  String failure() {
    return "not refactored: "
        + String.join(", ", (broken.isEmpty() ? leftAlone : broken).stream().distinct().toList());
  }
}
