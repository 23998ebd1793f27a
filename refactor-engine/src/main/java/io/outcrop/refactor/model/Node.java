package io.outcrop.refactor.model;

/** What is at a path, apart from its metadata. */
public sealed interface Node {

  /** The kind of file this is. */
  EntryType type();

  /** A directory. */
  record Directory() implements Node {
    @Override
    public EntryType type() {
      return EntryType.DIRECTORY;
    }
  }

  /**
   * A file with content.
   *
   * @param length how many bytes
   * @param content their SHA-256
   */
  record RegularFile(long length, ContentHash content) implements Node {
    @Override
    public EntryType type() {
      return EntryType.REGULAR;
    }
  }

  /**
   * A symbolic link.
   *
   * @param target any bytes
   */
  record SymbolicLink(ByteString target) implements Node {
    @Override
    public EntryType type() {
      return EntryType.SYMLINK;
    }
  }

  /**
   * A device.
   *
   * @param type character or block device
   * @param major device number, upper part
   * @param minor device number, lower part
   */
  record Device(EntryType type, int major, int minor) implements Node {

    /**
     * @throws IllegalArgumentException if the type is no device or a number is negative
     */
    public Device {
      if (type != EntryType.CHARACTER_DEVICE && type != EntryType.BLOCK_DEVICE) {
        throw new IllegalArgumentException("type: " + type + " (expected: a device)");
      }
      if (major < 0 || minor < 0) {
        throw new IllegalArgumentException(
            "device: " + major + ":" + minor + " (expected: not negative)");
      }
    }
  }

  /** A named pipe. */
  record Fifo() implements Node {
    @Override
    public EntryType type() {
      return EntryType.FIFO;
    }
  }

  /**
   * One more name of a file that has a smaller path.
   *
   * @param type the type of that file
   * @param target the smallest of its paths
   */
  record HardLink(EntryType type, FilePath target) implements Node {}
}
