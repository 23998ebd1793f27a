package io.outcrop.proxy.media;

import io.outcrop.proxy.config.ByteSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether there is room on a disk. */
final class Room {

  private Room() {}

  /**
   * Refuses what does not fit.
   *
   * @param place a file or folder that is there
   * @throws MediaException if there are fewer bytes free
   */
  static void check(Path place, long needed) throws IOException {
    long free = Files.getFileStore(place).getUsableSpace();
    if (needed > free) {
      throw new MediaException(
          "%s: %s are needed and %s are free"
              .formatted(place, new ByteSize(needed), new ByteSize(free)));
    }
  }
}
