package io.outcrop.proxy.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Files of the repository that a test holds against the code, wherever the tests are run from. */
final class SampleFile {

  private SampleFile() {}

  static String read(String path) {
    return Stream.iterate(Path.of("").toAbsolutePath(), folder -> folder != null, Path::getParent)
        .map(folder -> folder.resolve(path))
        .filter(Files::isRegularFile)
        .findFirst()
        .map(SampleFile::content)
        .orElseThrow(() -> new AssertionError(path + " is in no folder above this one"));
  }

  /** The sample configuration with its settings uncommented; examples as well, if so wished. */
  static String uncommented(boolean examples) {
    return read("conf/outcrop.yaml")
        .lines()
        .filter(line -> examples || !line.endsWith("# example"))
        .map(line -> line.startsWith("# ") && !line.startsWith("#  ") ? "" : line)
        .map(line -> line.startsWith("#") ? line.substring(1) : line)
        .collect(Collectors.joining("\n"));
  }

  private static String content(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
