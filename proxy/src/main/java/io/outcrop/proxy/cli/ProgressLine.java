package io.outcrop.proxy.cli;

import io.outcrop.proxy.config.ByteSize;
import io.outcrop.proxy.media.Watch;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/** One line on a terminal that tells how a transfer goes on; nothing anywhere else. */
final class ProgressLine implements Watch, AutoCloseable {

  private static final long REDRAW_NANOS = Duration.ofMillis(200).toNanos();
  private static final String CLEAR = "\r\u001b[K";

  private final PrintStream err;
  private final boolean terminal;
  private String what = "";
  private String aside = "";
  private long total;
  private long moved;
  private long begunNanos = System.nanoTime();
  private long drawnNanos;
  private boolean drawn;

  ProgressLine(PrintStream err, boolean terminal) {
    this.err = err;
    this.terminal = terminal;
  }

  /** Draws on standard error, if that is a terminal. */
  static ProgressLine onStandardError() {
    return new ProgressLine(System.err, isTerminal());
  }

  @Override
  public synchronized void begin(String name, long bytes) {
    what = name;
    aside = "";
    total = bytes;
    moved = 0;
    begunNanos = System.nanoTime();
    draw();
  }

  @Override
  public synchronized void moved(long bytes) {
    moved += bytes;
    if (System.nanoTime() - drawnNanos > REDRAW_NANOS) {
      draw();
    }
  }

  /** What else there is to say of the transfer, from now on. */
  synchronized void aside(String text) {
    aside = text;
  }

  @Override
  public synchronized void say(String line) {
    clear();
    err.println("outcrop: " + line);
  }

  @Override
  public synchronized void close() {
    clear();
  }

  /** The line as it is now. */
  String text(long nanos) {
    StringBuilder text = new StringBuilder(what).append(": ").append(new ByteSize(moved));
    if (total > 0) {
      text.append(" of ")
          .append(new ByteSize(total))
          .append(String.format(Locale.ROOT, " (%d %%)", Math.min(100, moved * 100 / total)));
    }
    if (!aside.isEmpty()) {
      text.append(", ").append(aside);
    }
    double seconds = nanos / 1e9;
    if (seconds >= 1 && moved > 0) {
      double rate = moved / seconds;
      text.append(", ").append(new ByteSize((long) rate)).append("/s");
      if (total > moved) {
        text.append(", ").append(left((long) ((total - moved) / rate))).append(" left");
      }
    }
    return text.toString();
  }

  private static String left(long seconds) {
    return seconds < 60
        ? seconds + " s"
        : seconds < 3600
            ? seconds / 60 + " min"
            : seconds / 3600 + " h " + seconds / 60 % 60 + " min";
  }

  private void draw() {
    drawnNanos = System.nanoTime();
    if (terminal) {
      drawn = true;
      err.print(CLEAR + text(drawnNanos - begunNanos));
      err.flush();
    }
  }

  /** Takes the line away until there is something new to show. */
  synchronized void clear() {
    if (drawn) {
      drawn = false;
      err.print(CLEAR);
      err.flush();
    }
  }

  /** The platform tells of standard input and output only. */
  private static boolean isTerminal() {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }
}
