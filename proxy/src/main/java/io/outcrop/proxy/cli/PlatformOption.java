package io.outcrop.proxy.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Which platforms of an image a verb is about. */
final class PlatformOption {

  @Option(
      names = "--platform",
      paramLabel = "OS/ARCH",
      split = ",",
      description =
          "Platforms of the image, such as linux/arm64,linux/arm/v7, or all. By default Linux on"
              + " the architecture of the edge.")
  private @Nullable List<String> platforms;

  /** Says it in a request, if it was said. */
  void addTo(ObjectNode body) {
    if (platforms != null) {
      ArrayNode array = body.putArray("platforms");
      platforms.forEach(array::add);
    }
  }
}
