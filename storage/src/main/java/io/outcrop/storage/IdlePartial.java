package io.outcrop.storage;

import java.util.List;

/**
 * A partial file that nobody writes.
 *
 * @param bytes how many it has
 * @param openFiles through which some may still be reading it
 */
record IdlePartial(long bytes, List<BlobFile> openFiles) {

  /** None at all. */
  static final IdlePartial NONE = new IdlePartial(0, List.of());

  /** Copies what is mutable. */
  IdlePartial {
    openFiles = List.copyOf(openFiles);
  }

  /** Whether its room would be free if it were deleted. */
  boolean isUnread() {
    return openFiles.stream().noneMatch(BlobFile::isOpen);
  }
}
