package io.outcrop.refactor.tar;

import io.outcrop.refactor.model.ByteString;
import io.outcrop.refactor.model.Xattrs;

/**
 * A header of an archive, with all that extended headers before it say. The values are as they
 * stand: whether a file can have them is for others to judge.
 *
 * @param name as spelled, with any leading {@code ./} and trailing slash
 * @param type the type flag, one of the constants here or anything else
 * @param linkName the target of a link
 * @param size the length of the content in bytes, holes of a sparse file included
 * @param seconds modification time since 1970, rounded down
 * @param nanos the rest of it
 * @param offset where the content begins in the archive; for a sparse file, its first stored part
 * @param sparse whether only parts of the content are stored
 */
public record TarEntry(
    ByteString name,
    byte type,
    ByteString linkName,
    long size,
    long mode,
    long uid,
    long gid,
    long seconds,
    int nanos,
    long deviceMajor,
    long deviceMinor,
    Xattrs xattrs,
    long offset,
    boolean sparse) {

  /** Type flag of a regular file. */
  public static final byte REGULAR = '0';

  /** Type flag of a hard link. */
  public static final byte HARD_LINK = '1';

  /** Type flag of a symbolic link. */
  public static final byte SYMLINK = '2';

  /** Type flag of a character device. */
  public static final byte CHARACTER_DEVICE = '3';

  /** Type flag of a block device. */
  public static final byte BLOCK_DEVICE = '4';

  /** Type flag of a directory. */
  public static final byte DIRECTORY = '5';

  /** Type flag of a named pipe. */
  public static final byte FIFO = '6';

  /** Type flag of a sparse file as GNU tar used to store them; it is read as a regular file. */
  static final byte GNU_SPARSE = 'S';

  /**
   * Type flag of a regular file in the oldest archives, a directory if its name ends in a slash.
   */
  static final byte OLD_REGULAR = 0;

  /** Type flag of an extended header for the next entry. */
  static final byte PAX_HEADER = 'x';

  /** Type flag of an extended header for all that follow, which engines ignore. */
  static final byte PAX_GLOBAL_HEADER = 'g';

  /** Type flag of a long name for the next entry. */
  static final byte GNU_LONG_NAME = 'L';

  /** Type flag of a long link target for the next entry. */
  static final byte GNU_LONG_LINK = 'K';

  /** Whether content may follow a header of this type. */
  static boolean hasContent(byte type) {
    return type < HARD_LINK || type > FIFO;
  }
}
