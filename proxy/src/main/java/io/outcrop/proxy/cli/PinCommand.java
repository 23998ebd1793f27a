package io.outcrop.proxy.cli;

import java.io.PrintStream;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code outcrop pin}: keeps an image here. */
@Command(
    name = "pin",
    description = {
      "Keeps an image here, whatever else there is no room for. Ends when every byte of it is"
          + " here.",
      "A tag is followed as it moves: the new image is fetched before the old one is let go."
    },
    mixinStandardHelpOptions = true)
final class PinCommand extends AdminCommand {

  @Parameters(paramLabel = "IMAGE", description = "Such as debian:12 or quay.io/org/app@sha256:…")
  private String image = "";

  @Mixin private final PlatformOption platforms = new PlatformOption();

  @Option(
      names = "--no-wait",
      description = "Does not wait until all of it is here; the edge goes on by itself.")
  private boolean noWait;

  @Override
  void run(AdminClient edge, PrintStream out) throws CommandException {
    ObjectNode body = JsonMapper.shared().createObjectNode();
    platforms.addTo(body);
    String path = AdminClient.path("/admin/v1/pins/", image);
    JsonNode pin = edge.send("PUT", path, Optional.of(body));
    if (pin.has("job") && !noWait) {
      new JobWatch(edge).await(pin.path("job"), System.err);
      pin = edge.get(path);
    }
    if (json()) {
      print(out, pin);
    } else {
      out.printf(
          "%s %s %s, %s%s%n",
          Shown.text(pin.path("image")),
          Shown.digest(pin.path("digest")),
          Shown.text(pin.path("state")),
          Sizes.of(pin.path("bytes")),
          pin.path("missingPieces").asInt(0) == 0
              ? ""
              : ", of which " + Sizes.of(pin.path("missingBytes")) + " are not here yet");
    }
  }
}
