package io.outcrop.refactor.plan.intrinsic;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;

/**
 * Reads the large values of a Berkeley DB hash (page formats of release 5.3, unchanged since 4.x),
 * as rpm used it up to 4.16. The file is a row of pages numbered from 0, of which the first has the
 * magic number; numbers are in the byte order of the machine that made it. A large value is in a
 * chain of overflow pages, which an item of a hash page names. Small values are passed over: no
 * header of a package with files is one.
 */
final class BerkeleyHash {

  private static final int MAGIC = 0x00061561;
  private static final int MAGIC_OFFSET = 12;
  private static final int PAGE_SIZE_OFFSET = 20;
  private static final int META = 72;
  private static final int SMALLEST_PAGE = 512;
  private static final int LARGEST_PAGE = 1 << 16;

  private static final int PAGE_HEADER = 26;
  private static final int NEXT_PAGE = 16;
  private static final int ITEMS = 20;
  private static final int BYTES_IN_PAGE = 22;
  private static final int TYPE = 25;
  private static final int HASH_UNSORTED = 2;
  private static final int OVERFLOW = 7;
  private static final int HASH = 13;

  private static final int OFF_PAGE = 3;
  private static final int OFF_PAGE_BYTES = 12;

  private final ByteBuffer file;
  private final int pageBytes;
  private long shown;

  private BerkeleyHash(ByteBuffer database) {
    this.file = inItsOrder(database);
    this.pageBytes = file.getInt(PAGE_SIZE_OFFSET);
  }

  private static ByteBuffer inItsOrder(ByteBuffer database) {
    boolean big = database.getInt(MAGIC_OFFSET) == MAGIC;
    return database.duplicate().order(big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
  }

  static boolean isDatabase(ByteBuffer database) {
    if (database.limit() < META) {
      return false;
    }
    BerkeleyHash hash = new BerkeleyHash(database);
    return hash.file.getInt(MAGIC_OFFSET) == MAGIC
        && hash.pageBytes >= SMALLEST_PAGE
        && hash.pageBytes <= LARGEST_PAGE
        && Integer.bitCount(hash.pageBytes) == 1;
  }

  /** Shows every large value, of all together no more bytes than the file has. */
  static void blobs(ByteBuffer database, Consumer<ByteBuffer> visitor) {
    BerkeleyHash hash = new BerkeleyHash(database);
    for (int number = 1; number < hash.pages(); number++) {
      hash.visit(hash.page(number), visitor);
    }
  }

  private int pages() {
    return file.limit() / pageBytes;
  }

  private ByteBuffer page(int number) {
    return file.slice(number * pageBytes, pageBytes).order(file.order());
  }

  /** Items are keys and values by turns. */
  private void visit(ByteBuffer page, Consumer<ByteBuffer> visitor) {
    int type = page.get(TYPE);
    int items = Short.toUnsignedInt(page.getShort(ITEMS));
    if ((type != HASH && type != HASH_UNSORTED) || PAGE_HEADER + 2 * items > pageBytes) {
      return;
    }
    for (int item = 1; item < items; item += 2) {
      int at = Short.toUnsignedInt(page.getShort(PAGE_HEADER + 2 * item));
      if (at <= pageBytes - OFF_PAGE_BYTES && page.get(at) == OFF_PAGE) {
        show(page.getInt(at + 4), Integer.toUnsignedLong(page.getInt(at + 8)), visitor);
      }
    }
  }

  private void show(int first, long length, Consumer<ByteBuffer> visitor) {
    if (length == 0 || shown + length > file.limit()) {
      return;
    }
    shown += length;
    ByteBuffer value = ByteBuffer.allocate((int) length);
    int number = first;
    while (value.hasRemaining()) {
      if (number < 1 || number >= pages()) {
        return;
      }
      ByteBuffer page = page(number);
      int bytes = Short.toUnsignedInt(page.getShort(BYTES_IN_PAGE));
      if (page.get(TYPE) != OVERFLOW
          || bytes == 0
          || bytes > pageBytes - PAGE_HEADER
          || bytes > value.remaining()) {
        return;
      }
      value.put(page.slice(PAGE_HEADER, bytes));
      number = page.getInt(NEXT_PAGE);
    }
    visitor.accept(value.flip());
  }
}
