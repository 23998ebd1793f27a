package io.outcrop.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Some room of the volume kept aside, as a database can only be opened where it can write a little:
 * on a disk that others have filled, it is given up for that.
 */
final class SpareRoom {

  private static final Logger LOG = LoggerFactory.getLogger(SpareRoom.class);
  private static final int BYTES = 8 << 20;
  private static final int CHUNK = 1 << 20;
  // Where there is less, all of it is better used otherwise.
  private static final int LEAST_FREE_DIVISOR = 4;

  private final Path file;

  SpareRoom(Path root) {
    this.file = root.resolve("spare");
  }

  /** Gives it up; false if there is none. */
  boolean release() {
    try {
      return Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.error("{}: cannot be deleted: {}", file, e.toString());
      return false;
    }
  }

  /** Sets it aside where there is plenty. */
  void restore() {
    try {
      if (Files.exists(file)
          || Files.getFileStore(file.resolveSibling("")).getUsableSpace() / LEAST_FREE_DIVISOR
              < BYTES) {
        return;
      }
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
        // Written, as a file with a hole in it takes no room.
        byte[] chunk = new byte[CHUNK];
        for (int at = 0; at < BYTES; at += CHUNK) {
          ByteBuffer bytes = ByteBuffer.wrap(chunk);
          while (bytes.hasRemaining()) {
            channel.write(bytes);
          }
        }
      }
    } catch (IOException e) {
      LOG.warn("no room could be set aside for a start on a full disk: {}", e.toString());
      var _ = release();
    }
  }
}
