package io.outcrop.proxy.config;

import io.outcrop.proxy.config.RefactorConfig.Compression;
import java.time.Duration;
import java.util.List;

/** Reads how images are refactored. */
final class RefactorReader {

  private static final Form<String> PLATFORM =
      Form.matching(RefactorConfig.PLATFORM, "a platform such as linux/arm64 or linux/arm/v7");

  private RefactorReader() {}

  static RefactorConfig read(ConfigSection section) {
    Compression compression =
        section.read("compression", Form.choice(Compression.class), Compression.GZIP);
    return new RefactorConfig(
        section.read("cpus", Form.integer(1, 256), 1),
        compression,
        section.read(
            "level", Form.integer(1, compression.highestLevel()), compression.usualLevel()),
        section.read("minComponent", Form.size("4KiB", "1TiB"), ByteSize.parse("1MiB")),
        section.read("maxLayers", Form.integer(1, 120), 100),
        section.read("maxWait", Form.duration("0s", "1h"), Duration.ZERO),
        section.list("platforms", 0, PLATFORM, List.of()));
  }
}
