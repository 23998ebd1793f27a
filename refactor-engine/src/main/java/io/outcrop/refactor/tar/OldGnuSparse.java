package io.outcrop.refactor.tar;

import io.outcrop.refactor.model.Reason;
import io.outcrop.refactor.model.RefusedException;
import io.outcrop.refactor.tar.TarBlock.Dialect;
import java.io.IOException;

/** Sparse files as GNU tar stored them before PAX: parts in the header, and in blocks behind it. */
final class OldGnuSparse {

  private static final int FIRST_PARTS = 386;
  private static final int FIRST_COUNT = 4;
  private static final int FIRST_MORE = 482;
  private static final int MORE_COUNT = 21;
  private static final int MORE_MORE = 504;
  private static final int REAL_SIZE = 483;
  private static final int NUMBER_BYTES = 12;
  private static final int MAX_BLOCKS = (1 << 20) / TarBlock.BYTES;

  private OldGnuSparse() {}

  /** Reads the parts; the length of the file. */
  static long read(TarStream in, TarBlock block, EntryContent content) throws IOException {
    if (block.dialect() != Dialect.GNU) {
      throw TarBlock.invalid("a sparse file of another dialect");
    }
    long length = block.number(REAL_SIZE, NUMBER_BYTES);
    SparseMap map = new SparseMap();
    parts(block, FIRST_PARTS, FIRST_COUNT, map);
    boolean more = block.at(FIRST_MORE) != 0;
    for (int blocks = 0; more; blocks++) {
      if (blocks == MAX_BLOCKS) {
        throw new RefusedException(
            Reason.HEADER_TOO_LARGE, "more than " + MAX_BLOCKS + " blocks for a sparse file");
      }
      in.readFully(block.bytes, 0, TarBlock.BYTES);
      parts(block, 0, MORE_COUNT, map);
      more = block.at(MORE_MORE) != 0;
    }
    content.sparse(map, length);
    return length;
  }

  private static void parts(TarBlock block, int offset, int count, SparseMap map)
      throws RefusedException {
    for (int i = 0; i < count; i++) {
      int at = offset + i * 2 * NUMBER_BYTES;
      if (block.at(at) == 0) {
        return;
      }
      map.add(block.number(at, NUMBER_BYTES), block.number(at + NUMBER_BYTES, NUMBER_BYTES));
    }
  }
}
