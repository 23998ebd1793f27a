package io.outcrop.proxy.cli;

import java.io.Console;
import java.io.PrintStream;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;

/** Waits for a job to end, and shows how far it is where somebody looks. */
final class JobWatch {

  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long FIRST_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final int NARROW = 78;

  private final AdminClient edge;
  // Only a terminal can take back what it shows.
  private final boolean shows =
      Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();

  JobWatch(AdminClient edge) {
    this.edge = edge;
  }

  /**
   * Waits until a job has been done.
   *
   * @return what the edge says of it at the end
   * @throws CommandException if it failed or was cancelled; the message says why
   */
  JsonNode await(JsonNode job, PrintStream err) throws CommandException {
    JsonNode now = job;
    long wait = FIRST_LOOK_NANOS;
    while (Shown.text(now.path("state")).equals("running")) {
      if (shows) {
        err.print('\r' + line(now));
        err.flush();
      }
      LockSupport.parkNanos(wait);
      wait = Math.min(LOOK_NANOS, 2 * wait);
      if (Thread.currentThread().isInterrupted()) {
        throw new CommandException(Main.FAILED, "interrupted; the edge goes on");
      }
      now = edge.get("/admin/v1/jobs/" + Shown.text(job.path("id")));
    }
    if (shows) {
      err.print('\r' + " ".repeat(NARROW) + '\r');
      err.flush();
    }
    String state = Shown.text(now.path("state"));
    if (!state.equals("done")) {
      String problem = Shown.text(now.path("problem"));
      throw new CommandException(
          Main.FAILED,
          Shown.text(now.path("subject")) + ": " + (problem.isEmpty() ? state : problem));
    }
    return now;
  }

  private static String line(JsonNode job) {
    String text =
        "%d of %d pieces, %s of %s"
            .formatted(
                job.path("donePieces").asInt(0),
                job.path("pieces").asInt(0),
                Sizes.of(job.path("doneBytes")),
                Sizes.of(job.path("bytes")));
    return text + " ".repeat(Math.max(0, NARROW - text.length()));
  }
}
