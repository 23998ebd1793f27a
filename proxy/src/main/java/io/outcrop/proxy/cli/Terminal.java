package io.outcrop.proxy.cli;

import java.io.Console;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is known of the terminal that standard output is, if it is one. Stateless. */
final class Terminal {

  /** What is taken as its width if nobody tells. */
  static final int USUAL_WIDTH = 80;

  private static final int LEAST_WIDTH = 40;
  private static final int MOST_WIDTH = 400;
  private static final Pattern SIZE = Pattern.compile("\\d+ (\\d+)\\s*");
  private static final long PATIENCE_SECONDS = 1;

  private Terminal() {}

  /** Whether somebody looks at standard output. */
  static boolean isShown() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
  }

  /** How many columns it has. */
  static int width() {
    return number(Optional.ofNullable(System.getenv("COLUMNS")))
        .or(() -> isShown() ? asked() : Optional.empty())
        .map(width -> Math.clamp(width, LEAST_WIDTH, MOST_WIDTH))
        .orElse(USUAL_WIDTH);
  }

  /** Java does not tell, but every system has a program that does. */
  private static Optional<Integer> asked() {
    try {
      Process process =
          new ProcessBuilder("stty", "size")
              .redirectInput(new File("/dev/tty"))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return Optional.empty();
      }
      Matcher size =
          SIZE.matcher(
              new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
      return size.matches() ? number(Optional.of(size.group(1))) : Optional.empty();
    } catch (IOException _) {
      return Optional.empty();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private static Optional<Integer> number(Optional<String> text) {
    try {
      return text.map(Integer::valueOf).filter(number -> number > 0);
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }
}
