package io.outcrop.bench.refactor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.Deflater;

/**
 * How many bytes a tar archive of some entries has, compressed by gzip at level 6. It is made as it
 * would be, and its bytes are counted and let go. Confined to one thread.
 */
final class ArchiveSize implements AutoCloseable {

  private static final int LEVEL = 6;
  private static final int GZIP_FRAME = 18;
  private static final int BLOCK = 512;
  private static final int LONGEST_NAME = 100;
  private static final long LARGEST_ID = 07777777;

  private final ContentSpool spool;
  private final Deflater deflater = new Deflater(LEVEL, true);
  private final ByteBuffer input = ByteBuffer.allocate(1 << 16);
  private final byte[] output = new byte[1 << 16];

  ArchiveSize(ContentSpool spool) {
    this.spool = spool;
  }

  /** The size of an archive that has the entries in this order. */
  long of(List<Entry> entries) throws IOException {
    deflater.reset();
    for (Entry entry : entries) {
      add(entry);
    }
    put(new byte[2 * BLOCK]);
    flush();
    deflater.finish();
    drain();
    return deflater.getBytesWritten() + GZIP_FRAME;
  }

  private void add(Entry entry) throws IOException {
    String extended = extended(entry);
    if (!extended.isEmpty()) {
      put(header("PaxHeader", 'x', 0644, 0, 0, 0, extended.length(), "", 0));
      put(extended.getBytes(StandardCharsets.ISO_8859_1));
      pad(extended.length());
    }
    String path = entry.isDirectory() ? entry.path() + "/" : entry.path();
    put(
        header(
            path,
            entry.type(),
            entry.mode(),
            entry.uid(),
            entry.gid(),
            entry.seconds(),
            entry.size(),
            entry.link(),
            entry.device()));
    for (long done = 0; done < entry.size(); ) {
      if (!input.hasRemaining()) {
        flush();
      }
      done += spool.read(entry.content(), done, input);
      input.limit(input.capacity());
    }
    pad(entry.size());
  }

  private static String extended(Entry entry) {
    StringBuilder records = new StringBuilder();
    entry.attributes().forEach((name, value) -> append(records, "SCHILY.xattr." + name, value));
    if (entry.uid() > LARGEST_ID) {
      append(records, "uid", Long.toString(entry.uid()));
    }
    if (entry.gid() > LARGEST_ID) {
      append(records, "gid", Long.toString(entry.gid()));
    }
    if (entry.link().length() > LONGEST_NAME) {
      append(records, "linkpath", entry.link());
    }
    if (entry.nanos() != 0 || entry.seconds() < 0) {
      append(records, "mtime", "%d.%09d".formatted(entry.seconds(), entry.nanos()));
    }
    if (entry.path().length() >= LONGEST_NAME) {
      append(records, "path", entry.isDirectory() ? entry.path() + "/" : entry.path());
    }
    return records.toString();
  }

  /** The record's length counts its own digits. */
  private static void append(StringBuilder records, String key, String value) {
    int rest = key.length() + value.length() + 3;
    int length = rest + Integer.toString(rest).length();
    if (Integer.toString(length).length() > Integer.toString(rest).length()) {
      length++;
    }
    records.append(length).append(' ').append(key).append('=').append(value).append('\n');
  }

  private static byte[] header(
      String path,
      char type,
      int mode,
      long uid,
      long gid,
      long seconds,
      long size,
      String link,
      long device) {
    byte[] header = new byte[BLOCK];
    text(header, 0, LONGEST_NAME, path);
    octal(header, 100, 8, mode);
    octal(header, 108, 8, Math.min(uid, LARGEST_ID));
    octal(header, 116, 8, Math.min(gid, LARGEST_ID));
    octal(header, 124, 12, size);
    octal(header, 136, 12, Math.max(seconds, 0));
    header[156] = (byte) type;
    text(header, 157, LONGEST_NAME, link);
    text(header, 257, 6, "ustar");
    text(header, 263, 2, "00");
    octal(header, 329, 8, device >>> 32);
    octal(header, 337, 8, device & 0xffffffffL);
    int sum = 8 * ' ';
    for (byte each : header) {
      sum += each & 0xff;
    }
    octal(header, 148, 7, sum);
    header[155] = ' ';
    return header;
  }

  private static void text(byte[] header, int offset, int length, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(bytes, 0, header, offset, Math.min(length, bytes.length));
  }

  private static void octal(byte[] header, int offset, int length, long value) {
    String digits = Long.toOctalString(value);
    text(
        header, offset, length - 1, "0".repeat(Math.max(0, length - 1 - digits.length())) + digits);
  }

  private void pad(long size) {
    put(new byte[(int) (-size & (BLOCK - 1))]);
  }

  private void put(byte[] bytes) {
    for (int done = 0; done < bytes.length; ) {
      if (!input.hasRemaining()) {
        flush();
      }
      int length = Math.min(input.remaining(), bytes.length - done);
      input.put(bytes, done, length);
      done += length;
    }
  }

  private void flush() {
    deflater.setInput(input.array(), 0, input.position());
    drain();
    input.clear();
  }

  private void drain() {
    while (deflater.deflate(output) > 0) {
      // Only its length counts.
    }
  }

  @Override
  public void close() {
    deflater.end();
  }
}
