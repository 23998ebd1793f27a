package io.outcrop.proxy.cli;

import java.io.PrintStream;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

/** {@code outcrop status}: how an edge is. */
@Command(
    name = "status",
    description = "Shows how an edge is: its disk, its transfers, its upstreams.",
    mixinStandardHelpOptions = true)
final class StatusCommand extends AdminCommand {

  @Override
  void run(AdminClient edge, PrintStream out) throws CommandException {
    JsonNode status = edge.get("/admin/v1/status");
    if (json()) {
      print(out, status);
      return;
    }
    out.printf(
        "edge %s, Outcrop %s%n",
        status.path("edge").asString(""), status.path("version").asString(""));
    JsonNode storage = status.path("storage");
    out.printf(
        "disk: %s of %s taken by %d pieces of content; %d evicted (%s), %d damaged%n",
        Sizes.of(storage.path("bookedBytes")),
        Sizes.of(storage.path("capacityBytes")),
        storage.path("content").asLong(0),
        storage.path("evictions").asLong(0),
        Sizes.of(storage.path("evictedBytes")),
        storage.path("damaged").asLong(0));
    Table fills = new Table("TRANSFER", "REPOSITORY", "SO FAR");
    for (JsonNode fill : status.path("fills")) {
      fills.row(
          fill.path("digest").asString(""),
          fill.path("repository").asString(""),
          Sizes.of(fill.path("bytes")));
    }
    if (!fills.isEmpty()) {
      out.println();
      fills.print(out);
    }
    out.println();
    upstreams(status.path("upstreams")).print(out);
  }

  private static Table upstreams(JsonNode upstreams) {
    Table table = new Table("UPSTREAM", "ENDPOINT", "STATE", "LATENCY", "LAST ERROR");
    for (JsonNode upstream : upstreams) {
      for (JsonNode endpoint : upstream.path("endpoints")) {
        table.row(
            upstream.path("namespace").asString(""),
            endpoint.path("address").asString(""),
            endpoint.path("healthy").asBoolean(false) ? "healthy" : "unhealthy",
            endpoint.path("latencyMillis").asLong(0) + " ms",
            endpoint.path("lastError").asString(""));
      }
    }
    return table;
  }
}
