package io.outcrop.proxy.cli;

import io.outcrop.refactor.layout.LayoutImage;
import io.outcrop.refactor.layout.LayoutImages;
import io.outcrop.refactor.layout.LayoutVerifier;
import io.outcrop.refactor.layout.Verification;
import io.outcrop.storage.layout.OciLayout;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code outcrop verify}: images checked to the last byte, and against what they were made of. */
@Command(
    name = "verify",
    description = {
      "Reads every byte of images and checks it: digests, sizes, what layers unpack to, and the"
          + " root file system, put together in two independent ways.",
      "A refactored image has to have the same root file system as its original: each path's type,"
          + " mode, owner, time, content, attributes and links. Name either of them.",
      "The exit code is 1 if anything is not as it should be."
    },
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {

  @Parameters(
      paramLabel = "IMAGE",
      arity = "0..*",
      description = "The images, by name or digest. Without any, all of the layout.")
  private List<String> images = List.of();

  @Mixin private LayoutOption layout = new LayoutOption();

  @Option(names = "--json", description = "Prints the result as JSON.")
  private boolean json;

  /** Made by picocli, which sets the options. */
  VerifyCommand() {}

  @Override
  public Integer call() {
    return LayoutVerb.call(this::verify, "interrupted");
  }

  private void verify(Interruption interruption) throws IOException, CommandException {
    Path folder = layout.required();
    try (OciLayout opened = OciLayout.open(folder);
        ProgressLine line = ProgressLine.onStandardError()) {
      LayoutImages all = LayoutImages.of(opened.index());
      Run run = new Run(opened, all, new LayoutVerifier(opened, interruption.cancellation()), line);
      for (LayoutImage image :
          images.isEmpty() ? all.all() : LayoutOption.choose(all, images, folder)) {
        run.verify(image);
      }
      line.clear();
      run.report(System.out);
      long wrong = run.results.values().stream().filter(one -> !one.isSound()).count();
      if (wrong > 0) {
        throw new CommandException(
            Main.FAILED, wrong + " of " + run.results.size() + " images are not as they should be");
      }
    }
  }

  /** One run of the verb. */
  private final class Run {
    private final OciLayout opened;
    private final LayoutImages all;
    private final LayoutVerifier verifier;
    private final ProgressLine line;
    private final Map<String, Verification> results = new LinkedHashMap<>();
    private final Map<LayoutImage, List<Verification>> checked = new LinkedHashMap<>();
    private final Map<String, String> originals = new LinkedHashMap<>();

    Run(OciLayout opened, LayoutImages all, LayoutVerifier verifier, ProgressLine line) {
      this.opened = opened;
      this.all = all;
      this.verifier = verifier;
      this.line = line;
    }

    void verify(LayoutImage image) throws IOException {
      Optional<LayoutImage> partner =
          image.isRefactored() ? original(image) : all.refactored(image);
      if (partner.isEmpty()) {
        keep(check(image));
        return;
      }
      LayoutImage original = image.isRefactored() ? partner.get() : image;
      LayoutImage refactored = image.isRefactored() ? image : partner.get();
      keep(check(original));
      List<Verification> compared = LayoutVerifier.compare(check(original), check(refactored));
      keep(compared);
      compared.forEach(one -> originals.put(one.image(), original.label()));
    }

    private Optional<LayoutImage> original(LayoutImage image) throws IOException {
      Optional<LayoutImage> listed = all.original(image);
      return listed.isPresent() ? listed : all.unlistedOriginal(image, opened);
    }

    private List<Verification> check(LayoutImage image) throws IOException {
      List<Verification> known = checked.get(image);
      if (known == null) {
        line.begin(image.label(), 0);
        LayerBytes bytes = new LayerBytes(line);
        known = verifier.verify(image, bytes::scanned);
        checked.put(image, known);
      }
      return known;
    }

    private void keep(List<Verification> found) {
      found.forEach(
          one -> results.merge(one.image(), one, (old, now) -> now.isSound() ? old : now));
    }

    void report(PrintStream out) {
      if (json) {
        AdminCommand.print(out, document());
        return;
      }
      results
          .values()
          .forEach(one -> {
            out.println(
                "%s: %s, %s, %s%s"
                    .formatted(
                        one.image(),
                        one.isSound() ? "sound" : "NOT SOUND",
                        Counts.of(one.layers(), "layer"),
                        Sizes.of(one.bytes()),
                        one.isSound()
                                && one.tree().isPresent()
                                && originals.containsKey(one.image())
                            ? ", the same root file system as " + originals.get(one.image())
                            : ""));
            Set<String> lines = new LinkedHashSet<>(one.problems());
            lines.addAll(one.notes());
            lines.forEach(text -> out.println("  " + text));
          });
    }

    private ObjectNode document() {
      ObjectNode document = JsonMapper.shared().createObjectNode();
      ArrayNode list = document.putArray("images");
      for (Verification one : results.values()) {
        ObjectNode node =
            list.addObject()
                .put("image", one.image())
                .put("sound", one.isSound())
                .put("layers", one.layers())
                .put("bytes", one.bytes());
        one.tree().ifPresent(tree -> node.put("tree", tree.toString()));
        Optional.ofNullable(originals.get(one.image()))
            .ifPresent(original -> node.put("original", original));
        one.problems().forEach(node.putArray("problems")::add);
        one.notes().forEach(node.putArray("notes")::add);
      }
      return document;
    }
  }

  /** Moves the line by what is read of one layer after the other. */
  private static final class LayerBytes {
    private final ProgressLine line;
    private long told;
    private long entries;
    private int entriesTold;

    LayerBytes(ProgressLine line) {
      this.line = line;
    }

    void scanned(long packed, long unpacked, int entriesOfLayer) {
      if (packed < told || entriesOfLayer < entriesTold) {
        told = 0;
        entriesTold = 0;
      }
      line.moved(packed - told);
      told = packed;
      entries += entriesOfLayer - entriesTold;
      entriesTold = entriesOfLayer;
      line.aside(String.format(java.util.Locale.ROOT, "%,d entries", entries));
    }
  }
}
