package io.outcrop.refactor.layout;

import io.outcrop.refactor.build.DirectoryRefactorState;
import io.outcrop.refactor.build.RefactorState;
import io.outcrop.storage.layout.LayoutException;
import io.outcrop.storage.layout.OciLayout;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A layout that one process at a time refactors, with what it has found out about layers: that is
 * kept in a folder {@code .refactor} of the layout, which other programs take no notice of and
 * which may be deleted. Thread-safe.
 */
public final class LayoutWorkspace implements AutoCloseable {

  /** Where in a layout it is kept what has been found out about layers. */
  static final String FOLDER = ".refactor";

  private static final long ENTRIES_IN_MEMORY = 1_000_000;

  private final OciLayout layout;
  private final FileChannel lockFile;
  private final FileLock lock;
  private final RefactorState state;
  private final Path temporary;

  private LayoutWorkspace(OciLayout layout, FileChannel lockFile, FileLock lock, Path folder)
      throws IOException {
    this.layout = layout;
    this.lockFile = lockFile;
    this.lock = lock;
    this.temporary = Files.createDirectories(folder.resolve("tmp"));
    this.state = new DirectoryRefactorState(folder, ENTRIES_IN_MEMORY);
    clear(temporary);
  }

  /**
   * Opens a layout for refactoring.
   *
   * @throws LayoutException if it is none, or somebody else is at it
   */
  public static LayoutWorkspace open(Path path) throws IOException {
    OciLayout layout = OciLayout.open(path);
    Path folder = Files.createDirectories(path.toRealPath().resolve(FOLDER));
    FileChannel lockFile =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      @Nullable FileLock lock = tryLock(lockFile);
      if (lock == null) {
        throw new LayoutException(
            path + ": is being refactored by another process; run this again when it has ended");
      }
      return new LayoutWorkspace(layout, lockFile, lock, folder);
    } catch (IOException | RuntimeException e) {
      lockFile.close();
      throw e;
    }
  }

  private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
    try {
      return file.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // This process has it itself.
    }
  }

  /** What a killed process left. */
  private static void clear(Path folder) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** The layout. */
  public OciLayout layout() {
    return layout;
  }

  /** What is known of its layers. */
  public RefactorState state() {
    return state;
  }

  /** A folder for temporary files, on the file system of the layout. */
  public Path temporary() {
    return temporary;
  }

  @Override
  public void close() throws IOException {
    try (lockFile;
        layout) {
      lock.release();
    }
  }
}
