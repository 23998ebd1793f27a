package io.outcrop.refactor.tar;

import io.outcrop.refactor.model.ByteString;
import io.outcrop.refactor.model.RefusedException;
import io.outcrop.refactor.tar.TarBlock.Dialect;

/** What the 512 bytes of a header say by themselves. */
record RawHeader(
    byte type,
    ByteString name,
    ByteString linkName,
    long size,
    long mode,
    long uid,
    long gid,
    long seconds,
    long deviceMajor,
    long deviceMinor) {

  private static final int PREFIX = 345;
  private static final int USTAR_PREFIX_BYTES = 155;
  private static final int STAR_PREFIX_BYTES = 131;
  private static final int STAR_ACCESS_TIME = 476;
  private static final int STAR_CHANGE_TIME = 488;
  private static final int GNU_ACCESS_TIME = 345;
  private static final int GNU_CHANGE_TIME = 357;
  private static final int TIME_BYTES = 12;

  static RawHeader read(TarBlock block) throws RefusedException {
    Dialect dialect = block.dialect();
    boolean devices = dialect != Dialect.V7;
    return new RawHeader(
        block.at(156),
        name(block, dialect),
        block.string(157, 100),
        block.number(124, 12),
        block.number(100, 8),
        block.number(108, 8),
        block.number(116, 8),
        block.number(136, TIME_BYTES),
        devices ? block.number(329, 8) : 0,
        devices ? block.number(337, 8) : 0);
  }

  private static ByteString name(TarBlock block, Dialect dialect) throws RefusedException {
    ByteString prefix =
        switch (dialect) {
          case V7 -> ByteString.EMPTY;
          case USTAR -> block.string(PREFIX, USTAR_PREFIX_BYTES);
          case STAR -> {
            block.number(STAR_ACCESS_TIME, TIME_BYTES);
            block.number(STAR_CHANGE_TIME, TIME_BYTES);
            yield block.string(PREFIX, STAR_PREFIX_BYTES);
          }
          case GNU -> gnuPrefix(block);
        };
    ByteString name = block.string(0, 100);
    return prefix.isEmpty() ? name : join(prefix, name);
  }

  /** Before Go 1.8, its writer put a prefix into GNU headers, over what should be two times. */
  private static ByteString gnuPrefix(TarBlock block) {
    try {
      if (block.at(GNU_ACCESS_TIME) != 0) {
        block.number(GNU_ACCESS_TIME, TIME_BYTES);
      }
      if (block.at(GNU_CHANGE_TIME) != 0) {
        block.number(GNU_CHANGE_TIME, TIME_BYTES);
      }
      return ByteString.EMPTY;
    } catch (RefusedException _) {
      ByteString prefix = block.string(PREFIX, USTAR_PREFIX_BYTES);
      for (int i = 0; i < prefix.length(); i++) {
        if (prefix.at(i) < 0) {
          return ByteString.EMPTY;
        }
      }
      return prefix;
    }
  }

  private static ByteString join(ByteString prefix, ByteString name) {
    byte[] joined = new byte[prefix.length() + 1 + name.length()];
    prefix.copyTo(joined, 0);
    joined[prefix.length()] = '/';
    name.copyTo(joined, prefix.length() + 1);
    return ByteString.of(joined);
  }
}
