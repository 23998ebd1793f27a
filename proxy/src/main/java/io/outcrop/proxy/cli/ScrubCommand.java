package io.outcrop.proxy.cli;

import io.outcrop.proxy.config.ByteSize;
import java.io.Console;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code outcrop scrub}: the check of all content against its digests. */
@Command(
    name = "scrub",
    description = {
      "Shows the scrub: the check of all content against its digests, and what it found damaged.",
      "With --wait the exit code is 1 if the pass found damage."
    },
    mixinStandardHelpOptions = true)
final class ScrubCommand extends AdminCommand {

  private static final String PATH = "/admin/v1/scrub";
  private static final Duration LOOK = Duration.ofMillis(500);

  @ArgGroup private @Nullable Action action;

  /** At most one of these. */
  private static final class Action {

    @Option(names = "--now", description = "Begins a pass, or goes on with one that is paused.")
    private boolean now;

    @Option(
        names = "--pause",
        description = "Reads nothing more, also after a restart, until told to go on with --now.")
    private boolean pause;
  }

  @Option(names = "--wait", description = "Waits until the running pass has come to its end.")
  private boolean wait;

  @Override
  void run(AdminClient edge, PrintStream out) throws CommandException {
    boolean pause = action != null && action.pause;
    boolean now = action != null && action.now;
    if (pause && wait) {
      throw new CommandException(
          Main.BAD_COMMAND_LINE, "--pause --wait (expected: one of them): a pause has no end");
    }
    JsonNode scrub =
        pause
            ? edge.send("DELETE", PATH, Optional.empty())
            : now ? edge.send("POST", PATH, Optional.empty()) : edge.get(PATH);
    if (wait) {
      scrub = awaitEnd(edge, scrub);
    }
    if (json()) {
      print(out, scrub);
    } else {
      show(scrub, out);
    }
    long damaged = scrub.path("last").path("damaged").asLong(0);
    if (wait && damaged > 0) {
      throw new CommandException(
          Main.FAILED, "the pass found " + damaged + " damaged pieces of content");
    }
  }

  private static JsonNode awaitEnd(AdminClient edge, JsonNode first) throws CommandException {
    JsonNode scrub = first;
    String awaited = first.path("current").path("startedAt").asString("");
    try (Progress progress = new Progress()) {
      while (!awaited.isEmpty()
          && awaited.equals(scrub.path("current").path("startedAt").asString(""))) {
        if (scrub.path("activity").asString("").equals("paused")) {
          throw new CommandException(
              Main.FAILED, "the scrub is paused ('outcrop scrub --now' goes on)");
        }
        progress.show(scrub.path("current").path("progress").asDouble(0));
        LockSupport.parkNanos(LOOK.toNanos());
        scrub = edge.get(PATH);
      }
    }
    return scrub;
  }

  private static void show(JsonNode scrub, PrintStream out) {
    String activity = scrub.path("activity").asString("");
    out.printf(
        "scrub: %s, at most %s a second%s%n",
        activity,
        bytes(scrub.path("bytesPerSecond")),
        scrub.path("nextAt").isString()
            ? ", next pass at " + scrub.path("nextAt").asString("")
            : "");
    JsonNode current = scrub.path("current");
    if (current.isObject()) {
      out.printf(
          Locale.ROOT,
          "this pass, since %s: %.1f %%, %s%n",
          current.path("startedAt").asString(""),
          100 * current.path("progress").asDouble(0),
          pass(current));
    }
    JsonNode last = scrub.path("last");
    if (last.isObject()) {
      out.printf(
          "last pass, %s to %s: %s%n",
          last.path("startedAt").asString(""), last.path("endedAt").asString(""), pass(last));
    }
    damaged(scrub, out);
    quarantine(scrub, out);
  }

  private static void damaged(JsonNode scrub, PrintStream out) {
    Table table = new Table("DAMAGED, TO BE FETCHED AGAIN", "SIZE", "WHAT", "FOUND BY", "AT");
    for (JsonNode piece : scrub.path("damaged")) {
      table.row(
          piece.path("digest").asString(""),
          bytes(piece.path("bytes")),
          piece.path("kind").asString("").replace('_', ' '),
          piece.path("finder").asString(""),
          piece.path("at").asString(""));
    }
    if (!table.isEmpty()) {
      out.println();
      table.print(out);
    }
  }

  private static void quarantine(JsonNode scrub, PrintStream out) {
    Table table = new Table("IN QUARANTINE", "SIZE");
    for (JsonNode piece : scrub.path("quarantine")) {
      table.row(piece.path("name").asString(""), bytes(piece.path("bytes")));
    }
    if (!table.isEmpty()) {
      out.println();
      table.print(out);
    }
  }

  private static String pass(JsonNode pass) {
    return pass.path("checked").asLong(0)
        + " pieces of content, "
        + bytes(pass.path("bytes"))
        + ", "
        + pass.path("damaged").asLong(0)
        + " damaged";
  }

  private static String bytes(JsonNode node) {
    return new ByteSize(Math.max(0, node.asLong(0))).toString();
  }

  /** Shows on a terminal how far the work is. */
  private static final class Progress implements AutoCloseable {

    private final boolean shown =
        Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    private final Instant start = Instant.now();

    void show(double part) {
      if (shown) {
        System.err.printf(
            Locale.ROOT,
            "\r%5.1f %% after %d s ",
            100 * part,
            Duration.between(start, Instant.now()).toSeconds());
      }
    }

    @Override
    public void close() {
      if (shown) {
        System.err.print("\r\u001b[K");
      }
    }
  }
}
