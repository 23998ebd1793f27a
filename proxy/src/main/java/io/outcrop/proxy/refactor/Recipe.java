package io.outcrop.proxy.refactor;

import io.outcrop.proxy.config.RefactorConfig;
import io.outcrop.refactor.build.LayerKey;
import io.outcrop.refactor.compress.Compression;
import io.outcrop.refactor.compress.Packing;
import io.outcrop.refactor.plan.Planner;
import io.outcrop.refactor.plan.intrinsic.IntrinsicOptions;
import io.outcrop.refactor.plan.intrinsic.IntrinsicPlanner;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * All that decides, with an image, what is made of it. Immutable.
 *
 * <p>As a text it is kept with what was made, so that it can be made again after the configuration
 * has changed.
 *
 * @param options how the planner cuts
 * @param maxLayers how many layers there may be
 * @param packing how layers are compressed
 */
record Recipe(IntrinsicOptions options, int maxLayers, Packing packing) {

  private static final String LAYERS = "layers";
  private static final String PACKING = "packing";

  static Recipe of(RefactorConfig config) {
    return new Recipe(
        new IntrinsicOptions(
            config.minComponent().bytes(),
            IntrinsicOptions.DEFAULT.bigFile(),
            IntrinsicOptions.DEFAULT.bins()),
        config.maxLayers(),
        new Packing(
            switch (config.compression()) {
              case GZIP -> Compression.GZIP;
              case ZSTD -> Compression.ZSTD;
            },
            config.level()));
  }

  /**
   * Reads what {@link #text} wrote.
   *
   * @return empty if it was written by a version that made images otherwise
   */
  static Optional<Recipe> parse(String text) {
    try {
      Map<String, String> values =
          Arrays.stream(text.split(";", -1))
              .map(pair -> pair.split("=", 2))
              .filter(pair -> pair.length == 2)
              .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
      String[] packing = values.getOrDefault(PACKING, "").split("-", 2);
      Recipe recipe =
          new Recipe(
              new IntrinsicOptions(
                  Long.parseLong(values.getOrDefault("threshold", "")),
                  Long.parseLong(values.getOrDefault("bigFile", "")),
                  Integer.parseInt(values.getOrDefault("bins", ""))),
              Integer.parseInt(values.getOrDefault(LAYERS, "")),
              new Packing(
                  Compression.valueOf(packing[0].toUpperCase(Locale.ROOT)),
                  packing.length < 2 ? 0 : Integer.parseInt(packing[1])));
      return recipe.text().equals(text) ? Optional.of(recipe) : Optional.empty();
    } catch (IllegalArgumentException | IllegalStateException e) {
      return Optional.empty();
    }
  }

  Planner planner() {
    return new IntrinsicPlanner(options);
  }

  /** For images of one platform. */
  String text() {
    return planner().policy()
        + ';'
        + LAYERS
        + '='
        + maxLayers
        + ';'
        + PACKING
        + '='
        + packing
        + ";format="
        + LayerKey.FORMAT;
  }
}
