package io.outcrop.refactor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Unpacks a layer as an engine does for an overlay mount: with Python, into an empty directory. */
final class OverlayUpper {

  private OverlayUpper() {}

  static Path unpack(byte[] archive, Path directory) throws IOException {
    Files.createDirectory(directory);
    Path file = Files.createTempFile("layer", ".tar");
    Path script = Files.createTempFile("unpack", ".py");
    try (InputStream in = OverlayUpper.class.getResourceAsStream("upper.py")) {
      Files.write(file, archive);
      Files.write(script, in.readAllBytes());
      Programs.run(directory, "python3", script.toString(), file.toString(), directory.toString());
      return directory;
    } finally {
      Files.delete(file);
      Files.delete(script);
    }
  }
}
