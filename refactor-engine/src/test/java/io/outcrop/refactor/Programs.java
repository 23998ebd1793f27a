package io.outcrop.refactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** Programs of the machine that tests compare with. */
public final class Programs {

  private Programs() {}

  /** Skips the test if a program is missing, or fails if all have to be there. */
  public static void need(String... programs) {
    for (String program : programs) {
      if (!has(program)) {
        missing(program + " is not installed");
      }
    }
  }

  /** Skips the test if it does not run as root. */
  public static void needRoot() {
    if (!isRoot()) {
      missing("not root");
    }
  }

  private static void missing(String why) {
    if (Boolean.parseBoolean(System.getenv("OUTCROP_REQUIRE_PROGRAMS"))) {
      fail(why + " (OUTCROP_REQUIRE_PROGRAMS is set)");
    }
    Assumptions.abort(why);
  }

  public static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  public static boolean has(String program) {
    String path = System.getenv("PATH");
    for (String folder : path.split(":")) {
      if (Files.isExecutable(Path.of(folder, program))) {
        return true;
      }
    }
    return Files.isExecutable(Path.of("/usr/local/go/bin", program));
  }

  /** Runs a program to its end and gives what it printed; fails unless it succeeds. */
  public static String run(Path directory, String... command) throws IOException {
    return run(directory, List.of(command));
  }

  /** Runs a program to its end and gives what it printed; fails unless it succeeds. */
  public static String run(Path directory, List<String> command) throws IOException {
    List<String> whole = new ArrayList<>(command);
    if (whole.getFirst().equals("go")) {
      whole.set(
          0, Files.isExecutable(Path.of("/usr/local/go/bin/go")) ? "/usr/local/go/bin/go" : "go");
    }
    Path output = Files.createTempFile("program", ".out");
    try {
      Process process =
          new ProcessBuilder(whole)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      process.getOutputStream().close();
      if (!process.waitFor(120, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        fail("%s did not end: %s", whole, Files.readString(output));
      }
      String printed = Files.readString(output, java.nio.charset.StandardCharsets.ISO_8859_1);
      assertThat(process.exitValue()).as("%s printed %s", whole, printed).isZero();
      return printed;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    } finally {
      Files.delete(output);
    }
  }
}
