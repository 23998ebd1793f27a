package io.outcrop.proxy.cli;

import io.outcrop.proxy.config.ByteSize;
import io.outcrop.refactor.EngineOptions;
import io.outcrop.refactor.RefactorEngine;
import io.outcrop.refactor.layout.LayoutCorpus;
import io.outcrop.refactor.layout.LayoutImage;
import io.outcrop.refactor.layout.LayoutImages;
import io.outcrop.refactor.layout.LayoutWorkspace;
import io.outcrop.refactor.model.Limits;
import io.outcrop.refactor.plan.epoch.EpochBuilder;
import io.outcrop.refactor.plan.epoch.EpochDocument;
import io.outcrop.refactor.plan.epoch.EpochOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code outcrop refactor plan}: an epoch learned from images. */
@Command(
    name = "plan",
    description = {
      "Learns from the images of a layout what they have in common, and writes that down as a plan"
          + " for 'outcrop refactor --plan FILE'.",
      "The same images make the same plan, whatever their order."
    },
    mixinStandardHelpOptions = true)
final class RefactorPlanCommand implements Callable<Integer> {

  @Parameters(
      paramLabel = "IMAGE",
      arity = "0..*",
      description = "The images to learn from. Without any, all of the layout.")
  private List<String> images = List.of();

  @Mixin private LayoutOption layout = new LayoutOption();

  @Option(
      names = "--output",
      paramLabel = "FILE",
      required = true,
      description = "Where the plan goes; what is there is replaced.")
  private @Nullable Path output;

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description =
          "Signs the plan with this private Ed25519 key in PEM form; the signature goes to FILE.sig"
              + " beside the plan.")
  private @Nullable Path key;

  @Option(
      names = "--threshold",
      paramLabel = "SIZE",
      description =
          "What images have in common gets a layer from this much on (default: ${DEFAULT-VALUE}).")
  private String threshold = "256KiB";

  @Option(
      names = "--max-layers",
      paramLabel = "N",
      description = "How many layers the plan gives an image at most (default: ${DEFAULT-VALUE}).")
  private int maxLayers = EpochOptions.DEFAULT.maxLayers();

  @Option(
      names = {"--cpus", "--jobs"},
      paramLabel = "N",
      description = "How many processors are kept busy (default: all).")
  private int processors = Runtime.getRuntime().availableProcessors();

  @Option(names = "--json", description = "Prints the result as JSON.")
  private boolean json;

  /** Made by picocli, which sets the options. */
  RefactorPlanCommand() {}

  @Override
  public Integer call() {
    return LayoutVerb.call(
        this::plan, "interrupted; what was read of layers is kept for the next run");
  }

  private void plan(Interruption interruption) throws IOException, CommandException {
    Path target = output == null ? Path.of("plan") : output;
    Path folder = layout.required();
    EpochOptions options = options();
    try (LayoutWorkspace workspace = LayoutWorkspace.open(folder);
        ProgressLine line = ProgressLine.onStandardError()) {
      LayoutCorpus corpus =
          new LayoutCorpus(
              workspace.layout(),
              new RefactorEngine(
                  new EngineOptions(Limits.DEFAULT, processors, workspace.temporary(), 1),
                  workspace.state()),
              interruption.cancellation());
      List<LayoutImage> chosen =
          LayoutOption.choose(LayoutImages.of(workspace.layout().index()), images, folder);
      int number = 0;
      for (LayoutImage image : chosen) {
        String which = "%s (%d of %d)".formatted(image.label(), ++number, chosen.size());
        corpus.add(image, new RefactorLine(line, which));
      }
      if (corpus.size() == 0) {
        throw new CommandException(Main.NOT_FOUND, folder + ": has no image to learn from");
      }
      line.begin("plan for " + corpus.size() + " images", 0);
      EpochDocument epoch = EpochBuilder.build(corpus, options);
      line.clear();
      PlanFile.write(target, epoch, Optional.ofNullable(key));
      report(target, corpus, epoch, System.out);
    }
  }

  private EpochOptions options() throws CommandException {
    if (processors < 1) {
      throw new CommandException(
          Main.BAD_COMMAND_LINE, "--cpus: " + processors + " (expected: >= 1)");
    }
    try {
      return new EpochOptions(
          ByteSize.parse(threshold).bytes(), maxLayers, EpochOptions.DEFAULT.layerPrice());
    } catch (IllegalArgumentException e) {
      throw new CommandException(Main.BAD_COMMAND_LINE, String.valueOf(e.getMessage()));
    }
  }

  private void report(Path target, LayoutCorpus corpus, EpochDocument epoch, PrintStream out) {
    if (json) {
      ObjectNode document =
          JsonMapper.shared()
              .createObjectNode()
              .put("file", target.toString())
              .put("digest", epoch.digest().toString())
              .put("bytes", epoch.length())
              .put("images", epoch.images().size())
              .put("bundles", epoch.bundles().size());
      new TreeMap<>(corpus.left())
          .forEach((image, reason) ->
              document
                  .withArray("left")
                  .addObject()
                  .put("image", image)
                  .put("reason", reason.reason().code())
                  .put("detail", reason.detail()));
      AdminCommand.print(out, document);
      return;
    }
    new TreeMap<>(corpus.left())
        .forEach((image, reason) ->
            out.println(
                image + " is left out: " + reason.reason().code() + ": " + reason.detail()));
    out.println(
        "%s: %s learned from %s, %s, %s"
            .formatted(
                target,
                Counts.of(epoch.bundles().size(), "bundle"),
                Counts.of(epoch.images().size(), "image"),
                Sizes.of(epoch.length()),
                epoch.digest()));
  }
}
