package io.outcrop.refactor.model;

/**
 * What is known of a file besides its name, type and content.
 *
 * @param mode permission bits with set-user-id, set-group-id and sticky: at most 07777
 * @param uid owner, an unsigned 32-bit number
 * @param gid group, likewise
 * @param seconds modification time in whole seconds since 1970, rounded down; may be negative
 * @param nanos the rest of it, 0 to 999,999,999
 * @param xattrs extended attributes
 */
public record Metadata(int mode, long uid, long gid, long seconds, int nanos, Xattrs xattrs) {

  /** What a directory has that no archive states: 0755, root, 1970. */
  public static final Metadata IMPLICIT_DIRECTORY = new Metadata(0755, 0, 0, 0, 0, Xattrs.NONE);

  // The highest number means "leave it as it is" to chown(2).
  private static final long HIGHEST_ID = 0xffff_fffeL;

  /**
   * @throws IllegalArgumentException if a number is out of its range
   */
  public Metadata {
    check("mode", mode, 07777);
    check("uid", uid, HIGHEST_ID);
    check("gid", gid, HIGHEST_ID);
    check("nanos", nanos, 999_999_999);
  }

  private static void check(String what, long value, long highest) {
    if (value < 0 || value > highest) {
      throw new IllegalArgumentException(what + ": " + value + " (expected: 0.." + highest + ")");
    }
  }
}
