package io.outcrop.proxy.cli;

import io.outcrop.proxy.config.ByteSize;
import io.outcrop.refactor.EngineOptions;
import io.outcrop.refactor.RefactorRequest;
import io.outcrop.refactor.compress.Compression;
import io.outcrop.refactor.compress.Packing;
import io.outcrop.refactor.layout.LayoutRules;
import io.outcrop.refactor.model.Limits;
import io.outcrop.refactor.plan.Planner;
import io.outcrop.refactor.plan.epoch.EpochPlanner;
import io.outcrop.refactor.plan.intrinsic.IntrinsicOptions;
import io.outcrop.refactor.plan.intrinsic.IntrinsicPlanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How images of a layout are refactored. */
final class RefactorOptions {

  /** All of them, but for second names. */
  static final List<String> NAMES =
      List.of(
          "--compression",
          "--level",
          "--max-layers",
          "--threshold",
          "--cpus",
          "--plan",
          "--plan-key");

  private static final int MOST_LAYERS = 500;

  @Option(
      names = "--compression",
      paramLabel = "gzip|zstd",
      description =
          "How the new layers are compressed (default: ${DEFAULT-VALUE}). Images in Docker's format"
              + " get gzip.")
  private String compression = "gzip";

  @Option(
      names = "--level",
      paramLabel = "N",
      description = "How hard: 1 to 9 for gzip, 1 to 19 for zstd (default: 6, 3).")
  private @Nullable Integer level;

  @Option(
      names = "--max-layers",
      paramLabel = "N",
      description = "How many layers an image may have (default: ${DEFAULT-VALUE}).")
  private int maxLayers = RefactorRequest.DEFAULT_MAX_LAYERS;

  @Option(
      names = "--threshold",
      paramLabel = "SIZE",
      description =
          "A package or directory with so much content gets a layer of its own (default:"
              + " ${DEFAULT-VALUE}).")
  private String threshold = "1MiB";

  @Option(
      names = {"--cpus", "--jobs"},
      paramLabel = "N",
      description = "How many processors are kept busy (default: all).")
  private int processors = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--plan",
      paramLabel = "FILE",
      description =
          "Layers images by this plan, as 'outcrop refactor plan' writes it, and by packages what"
              + " the plan does not know.")
  private @Nullable Path plan;

  @Option(
      names = "--plan-key",
      paramLabel = "FILE",
      description =
          "Accepts the plan only if FILE.sig beside it was signed with this public Ed25519 key.")
  private @Nullable Path planKey;

  /** Made by picocli, which sets the options. */
  RefactorOptions() {}

  /** The rules. */
  LayoutRules rules() throws IOException, CommandException {
    if (maxLayers < 1 || maxLayers > MOST_LAYERS) {
      throw wrong("--max-layers: " + maxLayers + " (expected: 1.." + MOST_LAYERS + ")");
    }
    return new LayoutRules(planner(), packing(), maxLayers);
  }

  private Packing packing() throws CommandException {
    Packing usual =
        switch (compression) {
          case "gzip" -> Packing.GZIP;
          case "zstd" -> Packing.ZSTD;
          default -> throw wrong("--compression: " + compression + " (expected: gzip or zstd)");
        };
    try {
      return level == null ? usual : new Packing(usual.compression(), level);
    } catch (IllegalArgumentException _) {
      throw wrong(
          "--level: "
              + level
              + (usual.compression() == Compression.GZIP
                  ? " (expected: 1..9 for gzip)"
                  : " (expected: 1..19 for zstd)"));
    }
  }

  private Planner planner() throws IOException, CommandException {
    Planner intrinsic = intrinsic();
    if (plan == null) {
      return intrinsic;
    }
    return new EpochPlanner(PlanFile.read(plan, Optional.ofNullable(planKey)), intrinsic);
  }

  private Planner intrinsic() throws CommandException {
    try {
      IntrinsicOptions usual = IntrinsicOptions.DEFAULT;
      return new IntrinsicPlanner(
          new IntrinsicOptions(ByteSize.parse(threshold).bytes(), usual.bigFile(), usual.bins()));
    } catch (IllegalArgumentException e) {
      throw wrong("--threshold: " + e.getMessage());
    }
  }

  /** What the engine may use, with its temporary files in a folder. */
  EngineOptions engine(Path temporary) throws IOException, CommandException {
    int most = 1 << 10;
    if (processors < 1 || processors > most) {
      throw wrong("--cpus: " + processors + " (expected: 1.." + most + ")");
    }
    // New layers need room too.
    long room = Math.max(1, Files.getFileStore(temporary).getUsableSpace() / 2);
    return new EngineOptions(Limits.DEFAULT, processors, temporary, room);
  }

  private static CommandException wrong(String why) {
    return new CommandException(Main.BAD_COMMAND_LINE, why);
  }
}
