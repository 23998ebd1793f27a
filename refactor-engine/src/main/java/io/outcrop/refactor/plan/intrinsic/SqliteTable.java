package io.outcrop.refactor.plan.intrinsic;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** Reads the blobs of one table of an SQLite database, as far as the database is sound. */
final class SqliteTable {

  /*
   * The file format of SQLite 3 (sqlite.org/fileformat2.html), what of it is needed to read a table
   * from beginning to end. The file is a row of pages of equal length, numbered from 1. A table is a
   * B-tree of them: inner pages hold the numbers of pages below, leaves hold a record a row. A record
   * that does not fit goes on in a chain of overflow pages. It begins with the types of its columns.
   * The table that lists all tables has its root in page 1, after the header of the file.
   *
   * What is not yet moved from a write-ahead log into the database is not seen; rpm leaves no log.
   *
   * A library would bring native code (the only complete implementation is in C) or thousands of
   * lines of SQL for what is one walk over a tree.
   *
   * Nothing in the file is trusted: every page is visited once, and all records together may not be
   * longer than the file.
   */

  private static final byte[] MAGIC = "SQLite format 3\0".getBytes(US_ASCII);
  private static final int FILE_HEADER = 100;
  private static final int INNER = 5;
  private static final int LEAF = 13;
  private static final int ROOT_PAGE_COLUMN = 3;
  private static final int NAME_COLUMN = 1;
  private static final int FIRST_BLOB_TYPE = 12;

  private final ByteBuffer file;
  private final int pageBytes;
  private final int usable;
  private final BitSet seen = new BitSet();
  private final Deque<Integer> waiting = new ArrayDeque<>();
  private long recordBytes;

  private SqliteTable(ByteBuffer file) {
    this.file = file;
    int stated = Short.toUnsignedInt(file.getShort(16));
    this.pageBytes = stated == 1 ? 1 << 16 : stated;
    this.usable = pageBytes - Byte.toUnsignedInt(file.get(20));
  }

  /** Whether this is a database of a kind that can be read. */
  static boolean isDatabase(ByteBuffer file) {
    if (file.limit() < FILE_HEADER || !file.slice(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC))) {
      return false;
    }
    SqliteTable table = new SqliteTable(file);
    return table.pageBytes >= 512
        && Integer.bitCount(table.pageBytes) == 1
        && table.usable >= 480
        && table.pages() > 0;
  }

  /** Shows the first blob of every row of a table. */
  static void blobs(ByteBuffer file, String name, Consumer<ByteBuffer> visitor) {
    SqliteTable database = new SqliteTable(file);
    int[] root = {0};
    database.walk(
        1,
        record -> {
          Optional<ByteBuffer> called = column(record, NAME_COLUMN);
          Optional<ByteBuffer> page = column(record, ROOT_PAGE_COLUMN);
          if (called.isPresent()
              && page.isPresent()
              && name.contentEquals(ISO_8859_1.decode(called.get()))) {
            root[0] = integer(page.get());
          }
        });
    database.recordBytes = 0;
    database.walk(root[0], record -> firstBlob(record).ifPresent(visitor));
  }

  private int pages() {
    return file.limit() / pageBytes;
  }

  private void walk(int root, Consumer<ByteBuffer> visitor) {
    seen.clear();
    look(root);
    while (!waiting.isEmpty()) {
      visit(waiting.pop(), visitor);
    }
  }

  private void look(int page) {
    if (page >= 1 && page <= pages() && !seen.get(page)) {
      seen.set(page);
      waiting.push(page);
    }
  }

  private void visit(int number, Consumer<ByteBuffer> visitor) {
    ByteBuffer page = file.slice((number - 1) * pageBytes, pageBytes);
    int header = number == 1 ? FILE_HEADER : 0;
    int type = page.get(header);
    int cells = Short.toUnsignedInt(page.getShort(header + 3));
    int pointers = header + (type == INNER ? 12 : 8);
    if ((type != INNER && type != LEAF) || pointers + 2 * cells > pageBytes) {
      return;
    }
    for (int cell = 0; cell < cells; cell++) {
      int at = Short.toUnsignedInt(page.getShort(pointers + 2 * cell));
      if (at > pageBytes - 4) {
        continue;
      }
      if (type == INNER) {
        look(page.getInt(at));
      } else {
        record(page.duplicate().position(at)).ifPresent(visitor);
      }
    }
    if (type == INNER) {
      look(page.getInt(header + 8));
    }
  }

  /** The record of a cell: how long it is, the number of the row, the first part of it. */
  private Optional<ByteBuffer> record(ByteBuffer cell) {
    long length = varint(cell);
    varint(cell);
    if (length <= 0 || recordBytes + length > file.limit()) {
      return Optional.empty();
    }
    recordBytes += length;
    int local = localBytes((int) length);
    if (local > cell.remaining()) {
      return Optional.empty();
    }
    if (local == length) {
      return Optional.of(cell.slice(cell.position(), local));
    }
    ByteBuffer record = ByteBuffer.allocate((int) length);
    record.put(cell.slice(cell.position(), local));
    cell.position(cell.position() + local);
    return cell.remaining() >= 4 && overflow(cell.getInt(), record)
        ? Optional.of(record.flip())
        : Optional.empty();
  }

  private int localBytes(int length) {
    int most = usable - 35;
    if (length <= most) {
      return length;
    }
    int least = (usable - 12) * 32 / 255 - 23;
    int fitting = least + (length - least) % (usable - 4);
    return fitting <= most ? fitting : least;
  }

  private boolean overflow(int first, ByteBuffer record) {
    int number = first;
    while (record.hasRemaining()) {
      if (number < 1 || number > pages()) {
        return false;
      }
      ByteBuffer page = file.slice((number - 1) * pageBytes, usable);
      number = page.getInt();
      page.limit(Math.min(usable, 4 + record.remaining()));
      record.put(page);
    }
    return true;
  }

  /** The value of a column; empty if the record is damaged. */
  private static Optional<ByteBuffer> column(ByteBuffer record, int wanted) {
    ByteBuffer types = record.duplicate();
    long value = varint(types);
    long end = value;
    for (int column = 0; types.position() < end && types.hasRemaining(); column++) {
      long length = valueBytes(varint(types));
      if (length < 0 || value < 0 || value + length > record.limit()) {
        return Optional.empty();
      }
      if (column == wanted) {
        return Optional.of(record.slice((int) value, (int) length));
      }
      value += length;
    }
    return Optional.empty();
  }

  private static Optional<ByteBuffer> firstBlob(ByteBuffer record) {
    ByteBuffer types = record.duplicate();
    long end = varint(types);
    OptionalInt blob = OptionalInt.empty();
    for (int column = 0; types.position() < end && types.hasRemaining(); column++) {
      long type = varint(types);
      if (type >= FIRST_BLOB_TYPE && type % 2 == 0 && blob.isEmpty()) {
        blob = OptionalInt.of(column);
      }
    }
    return blob.isPresent() ? column(record, blob.getAsInt()) : Optional.empty();
  }

  private static long valueBytes(long type) {
    if (type >= FIRST_BLOB_TYPE) {
      return (type - FIRST_BLOB_TYPE) / 2;
    }
    return switch ((int) type) {
      case 0, 8, 9 -> 0;
      case 1, 2, 3, 4 -> type;
      case 5 -> 6;
      case 6, 7 -> 8;
      default -> -1;
    };
  }

  private static int integer(ByteBuffer value) {
    long number = 0;
    while (value.hasRemaining()) {
      number = number << 8 | Byte.toUnsignedLong(value.get());
    }
    return (int) Math.max(0, Math.min(number, Integer.MAX_VALUE));
  }

  /**
   * Seven bits a byte, the highest first; all eight of a ninth. What is cut off counts as zeros.
   */
  private static long varint(ByteBuffer bytes) {
    long number = 0;
    for (int i = 0; i < 9 && bytes.hasRemaining(); i++) {
      int next = Byte.toUnsignedInt(bytes.get());
      if (i == 8) {
        return number << 8 | next;
      }
      number = number << 7 | (next & 0x7f);
      if (next < 0x80) {
        return number;
      }
    }
    return number;
  }
}
