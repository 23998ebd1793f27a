package io.outcrop.refactor.model;

/** What kind of file an entry is. Sockets cannot be in an archive. */
public enum EntryType {
  /** A directory. */
  DIRECTORY(1),
  /** A file with content. */
  REGULAR(2),
  /** A symbolic link. */
  SYMLINK(3),
  /** A character device. */
  CHARACTER_DEVICE(4),
  /** A block device. */
  BLOCK_DEVICE(5),
  /** A named pipe. */
  FIFO(6);

  private static final EntryType[] BY_CODE = {
    DIRECTORY, REGULAR, SYMLINK, CHARACTER_DEVICE, BLOCK_DEVICE, FIFO
  };

  private final byte code;

  EntryType(int code) {
    this.code = (byte) code;
  }

  /** The number that stands for it in hashes and files; it never changes. */
  public byte code() {
    return code;
  }

  /**
   * The type a number stands for.
   *
   * @throws IllegalArgumentException if it stands for none
   */
  public static EntryType ofCode(int code) {
    if (code < 1 || code > BY_CODE.length) {
      throw new IllegalArgumentException("entry type: " + code + " (expected: 1..6)");
    }
    return BY_CODE[code - 1];
  }
}
