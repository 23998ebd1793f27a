package io.outcrop.refactor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Python scripts that make and list real files. */
public final class Scripts {

  private Scripts() {}

  /** Makes files of every kind in a directory; needs root. */
  public static void make(Path directory, String... features) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(directory.toString()));
    arguments.addAll(List.of(features));
    python(directory, "make.py", arguments);
  }

  /** The files below a directory, in the form of ViewListing. */
  public static List<String> walk(Path directory) throws IOException {
    String printed = python(directory, "walk.py", List.of(directory.toString()));
    return printed.isBlank() ? List.of() : printed.lines().toList();
  }

  private static String python(Path directory, String script, List<String> arguments)
      throws IOException {
    Path copy = Files.createTempFile("script", ".py");
    try (InputStream in = Scripts.class.getResourceAsStream(script)) {
      Files.write(copy, in.readAllBytes());
      List<String> command = new ArrayList<>(List.of("python3", copy.toString()));
      command.addAll(arguments);
      return Programs.run(directory, command);
    } finally {
      Files.delete(copy);
    }
  }
}
