package io.outcrop.refactor.plan.intrinsic;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;

/**
 * Reads the blobs of rpm's own database format (lib/backend/ndb in the sources of rpm), all numbers
 * little-endian. Pages of slots at the beginning say where each blob begins, in units of 16 bytes;
 * a blob has a header of its own with its length.
 */
final class NdbFile {

  private static final int FILE_MAGIC = magic("RpmP");
  private static final int SLOT_MAGIC = magic("Slot");
  private static final int BLOB_MAGIC = magic("BlbS");
  private static final int FILE_HEADER = 32;
  private static final int PAGE = 4096;
  private static final int SLOT = 16;
  private static final int BLOCK = 16;
  private static final int BLOB_HEADER = 16;

  private NdbFile() {}

  private static int magic(String text) {
    return text.charAt(0) | text.charAt(1) << 8 | text.charAt(2) << 16 | text.charAt(3) << 24;
  }

  static boolean isDatabase(ByteBuffer file) {
    return file.limit() >= FILE_HEADER && littleEndian(file).getInt(0) == FILE_MAGIC;
  }

  private static ByteBuffer littleEndian(ByteBuffer file) {
    return file.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Shows every blob, of all together no more bytes than the file has. */
  static void blobs(ByteBuffer database, Consumer<ByteBuffer> visitor) {
    ByteBuffer file = littleEndian(database);
    long slots = Math.min(Integer.toUnsignedLong(file.getInt(12)) * PAGE, file.limit());
    long shown = 0;
    for (int slot = FILE_HEADER; slot + SLOT <= slots; slot += SLOT) {
      long start = Integer.toUnsignedLong(file.getInt(slot + 8)) * BLOCK;
      if (file.getInt(slot) != SLOT_MAGIC
          || file.getInt(slot + 4) == 0
          || start + BLOB_HEADER > file.limit()
          || file.getInt((int) start) != BLOB_MAGIC) {
        continue;
      }
      long length = Integer.toUnsignedLong(file.getInt((int) start + 12));
      if (start + BLOB_HEADER + length <= file.limit() && shown + length <= file.limit()) {
        shown += length;
        visitor.accept(database.slice((int) start + BLOB_HEADER, (int) length));
      }
    }
  }
}
