package io.outcrop.proxy.cli;

import java.io.PrintStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code outcrop jobs}: what takes long. */
@Command(
    name = "jobs",
    description = "Lists the jobs that run, and those that ended not long ago.",
    mixinStandardHelpOptions = true)
final class JobsCommand extends AdminCommand {

  @Option(names = "--cancel", paramLabel = "ID", description = "Ends a job instead.")
  private @Nullable String cancelled;

  @Override
  void run(AdminClient edge, PrintStream out) throws CommandException {
    if (cancelled != null) {
      JsonNode job =
          edge.send("DELETE", AdminClient.path("/admin/v1/jobs/", cancelled), Optional.empty());
      if (json()) {
        print(out, job);
      }
      return;
    }
    JsonNode jobs = edge.get("/admin/v1/jobs");
    if (json()) {
      print(out, jobs);
      return;
    }
    Table table = new Table("ID", "KIND", "SUBJECT", "STATE", "DONE", "OF", "STARTED", "PROBLEM");
    for (JsonNode job : jobs.path("jobs")) {
      table.row(
          Shown.text(job.path("id")),
          Shown.text(job.path("kind")),
          Shown.text(job.path("subject")),
          Shown.text(job.path("state")),
          Sizes.of(job.path("doneBytes")),
          Sizes.of(job.path("bytes")),
          Shown.ago(job.path("startedAt")),
          Shown.text(job.path("problem")));
    }
    table.print(out);
  }
}
