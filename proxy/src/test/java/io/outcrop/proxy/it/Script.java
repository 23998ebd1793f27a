package io.outcrop.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** Runs the scripts that drive real programs, and other short commands. */
final class Script {

  /** Of this Maven module, whatever folder the tests were started in. */
  static final Path MODULE = Path.of(System.getProperty("basedir", "")).toAbsolutePath();

  private static final Path FOLDER = MODULE.resolve("src/test/scripts");
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final Duration GRACE = Duration.ofSeconds(30);

  /** {@code EX_UNAVAILABLE}: the machine has no such program. */
  private static final int UNAVAILABLE = 69;

  /** What a command left. */
  record Result(int exitCode, String out, String err) {}

  private Script() {}

  /**
   * What a fixture script says when it succeeds; the test is skipped where a program is missing.
   */
  static String run(String script, Object... arguments) throws IOException, InterruptedException {
    return run(Map.of(), script, arguments);
  }

  /** As {@link #run(String, Object...)}, with variables. */
  static String run(Map<String, String> environment, String script, Object... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(FOLDER.resolve(script).toString()));
    Arrays.stream(arguments).map(Object::toString).forEach(command::add);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    Result result = finish(builder, LIMIT);
    if (result.exitCode == UNAVAILABLE) {
      skip(result.err.strip());
    }
    assertThat(result.exitCode).as("%s: %s", command, result.err).isZero();
    return result.out;
  }

  /** Runs any command to its end; one that overruns is told to stop, so that it can tidy up. */
  static Result finish(ProcessBuilder command, Duration limit)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile("outcrop-it-", ".out");
    Path err = Files.createTempFile("outcrop-it-", ".err");
    try {
      // Files, as a daemon that a script leaves behind would keep a pipe open.
      Process process =
          command
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroy();
        if (!process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
          process.destroyForcibly().waitFor();
        }
        Assertions.fail(
            command.command() + " took more than " + limit + ": " + Files.readString(err));
      }
      return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  /** Skips the test where the machine does not have all of these programs. */
  static void need(String... programs) throws IOException, InterruptedException {
    for (String program : programs) {
      ProcessBuilder search = new ProcessBuilder("sh", "-c", "command -v \"$1\"", "sh", program);
      if (finish(search, LIMIT).exitCode != 0) {
        skip("this machine has no '" + program + "'");
      }
    }
  }

  /** Skips the test, or fails it where every program is supposed to be there. */
  static void skip(String why) {
    if (Boolean.parseBoolean(System.getenv("OUTCROP_REQUIRE_PROGRAMS"))) {
      Assertions.fail(why + " (OUTCROP_REQUIRE_PROGRAMS is set)");
    }
    Assumptions.abort(why);
  }
}
