package io.outcrop.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/**
 * Makes folders in memory where the system has such a place, as each store makes hundreds of
 * folders and syncs its files; the tests that are about the disk ask for the standard ones.
 */
public final class QuickTempDirFactory implements TempDirFactory {

  private static final Path MEMORY = Path.of("/dev/shm");
  private static final long NEEDED = 1L << 30;

  @Override
  public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context)
      throws IOException {
    return Files.isWritable(MEMORY) && Files.getFileStore(MEMORY).getUsableSpace() >= NEEDED
        ? Files.createTempDirectory(MEMORY, "outcrop-test-")
        : Files.createTempDirectory("outcrop-test-");
  }
}
