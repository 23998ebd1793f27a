package io.outcrop.storage.layout;

import io.outcrop.oci.Digest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Where content of a layout grows before it has its name. Thread-safe, also against other
 * processes.
 *
 * <p>Content grows under its digest, so that a later writer goes on with it. One writer has it at a
 * time: a lock on the file says so to other processes, a set of paths to this one. Who comes second
 * writes a file of his own, which nobody goes on with.
 */
final class Incoming {

  static final String NAME = ".incoming";

  private static final String ASIDE = "aside-";
  private static final Duration ABANDONED = Duration.ofDays(1);
  private static final int TRIES = 20;
  // A lock is the process's, and lost when any channel of the file is closed: hence this too.
  private static final Set<Path> WRITING = ConcurrentHashMap.newKeySet();

  private final Path folder;

  Incoming(Path layout) {
    folder = layout.resolve(NAME);
  }

  /** A file that grows; empty if somebody else is at it. */
  Optional<Growing> resume(Digest digest) throws IOException {
    Path file = folder.resolve(digest.algorithm().prefix() + '-' + digest.hex());
    if (!WRITING.add(file)) {
      return Optional.empty();
    }
    Optional<Growing> growing = Optional.empty();
    try {
      growing = lockedAndOpen(file);
      return growing;
    } finally {
      if (growing.isEmpty()) {
        WRITING.remove(file);
      }
    }
  }

  /** A file of one's own. */
  Growing aside() throws IOException {
    // Not a temporary file of the platform's, which only its owner could ever read.
    Path file = folder.resolve(ASIDE + UUID.randomUUID());
    return new Growing(file, open(file, StandardOpenOption.CREATE_NEW), false);
  }

  /** Tidies up, as far as nobody is at work. */
  void tidy() throws IOException {
    Instant longAgo = Instant.now().minus(ABANDONED);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, ASIDE + '*')) {
      for (Path file : files) {
        if (Files.getLastModifiedTime(file).toInstant().isBefore(longAgo)) {
          Files.deleteIfExists(file);
        }
      }
      Files.deleteIfExists(folder);
    } catch (NoSuchFileException | DirectoryNotEmptyException e) {
      // Nobody wrote, or somebody does, or was cut and will go on.
    }
  }

  private Optional<Growing> lockedAndOpen(Path file) throws IOException {
    FileChannel channel = open(file, StandardOpenOption.CREATE);
    boolean ours = false;
    try {
      ours = lock(channel) && isStillThere(file, channel);
      return ours ? Optional.of(new Growing(file, channel, true)) : Optional.empty();
    } finally {
      if (!ours) {
        channel.close();
      }
    }
  }

  private FileChannel open(Path file, OpenOption how) throws IOException {
    for (int i = 1; ; i++) {
      try {
        Files.createDirectories(folder);
        return FileChannel.open(
            file, Set.of(how, StandardOpenOption.READ, StandardOpenOption.WRITE));
      } catch (NoSuchFileException | FileAlreadyExistsException e) {
        // Somebody else was done and tidied up in between, just as the folder was looked at or
        // after it.
        if (i == TRIES) {
          throw e;
        }
      }
    }
  }

  /** Whether the file was not given its name between its opening and its locking. */
  private static boolean isStillThere(Path file, FileChannel channel) throws IOException {
    return Files.exists(file) && Files.size(file) == channel.size();
  }

  private static boolean lock(FileChannel channel) {
    try {
      @Nullable FileLock lock = channel.tryLock();
      return lock != null;
    } catch (IOException e) {
      return true; // Some network file systems have no locks; there, one process has to do.
    }
  }

  /**
   * A file that grows.
   *
   * @param resumable whether what is there is worth keeping for a later writer
   */
  record Growing(Path file, FileChannel channel, boolean resumable) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      try {
        channel.close();
      } finally {
        WRITING.remove(file);
      }
    }
  }
}
