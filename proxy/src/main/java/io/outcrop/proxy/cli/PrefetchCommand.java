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

/** {@code outcrop prefetch}: fetches an image before somebody asks for it. */
@Command(
    name = "prefetch",
    description = "Fetches an image before somebody asks for it. It may be evicted as any other.",
    mixinStandardHelpOptions = true)
final class PrefetchCommand extends AdminCommand {

  @Parameters(paramLabel = "IMAGE", description = "Such as debian:12 or quay.io/org/app@sha256:…")
  private String image = "";

  @Mixin private final PlatformOption platforms = new PlatformOption();

  @Option(names = "--no-wait", description = "Does not wait until all of it is here.")
  private boolean noWait;

  @Override
  void run(AdminClient edge, PrintStream out) throws CommandException {
    ObjectNode body = JsonMapper.shared().createObjectNode().put("image", image);
    platforms.addTo(body);
    JsonNode job = edge.send("POST", "/admin/v1/prefetches", Optional.of(body));
    if (!noWait) {
      job = new JobWatch(edge).await(job, System.err);
    }
    if (json()) {
      print(out, job);
    } else {
      out.printf(
          "%s %s, %d pieces, %s%n",
          Shown.text(job.path("subject")),
          Shown.text(job.path("state")),
          job.path("pieces").asInt(0),
          Sizes.of(job.path("bytes")));
    }
  }
}
