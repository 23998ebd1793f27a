package io.outcrop.refactor.plan.intrinsic;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Headers of RPM packages, and the three kinds of databases with them, as their formats say. */
final class RpmFixtures {

  private static final int PAGE = 4096;

  private RpmFixtures() {}

  /** A file of a package; flags and mode as rpm has them. */
  record PackagedFile(int directory, String name, int mode, int flags) {
    static PackagedFile of(int directory, String name) {
      return new PackagedFile(directory, name, 0100644, 0);
    }
  }

  private static final class HeaderWriter {
    private final ByteArrayOutputStream index = new ByteArrayOutputStream();
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();

    void add(int tag, int type, int count, byte[] value) {
      int width = type == 4 ? 4 : type == 3 ? 2 : 1;
      data.writeBytes(new byte[Math.floorMod(-data.size(), width)]);
      index.writeBytes(
          ByteBuffer.allocate(16)
              .putInt(tag)
              .putInt(type)
              .putInt(data.size())
              .putInt(count)
              .array());
      data.writeBytes(value);
    }

    byte[] bytes() {
      return ByteBuffer.allocate(8 + index.size() + data.size())
          .putInt(index.size() / 16)
          .putInt(data.size())
          .put(index.toByteArray())
          .put(data.toByteArray())
          .array();
    }
  }

  private static byte[] strings(List<String> values) {
    return (String.join("\0", values) + "\0").getBytes(ISO_8859_1);
  }

  private static byte[] numbers(int width, int[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(width * values.length);
    for (int value : values) {
      if (width == 4) {
        bytes.putInt(value);
      } else {
        bytes.putShort((short) value);
      }
    }
    return bytes.array();
  }

  /** A header of version 1.0, release 2, for x86_64. */
  static byte[] header(String name, List<String> directories, List<PackagedFile> files) {
    HeaderWriter header = new HeaderWriter();
    header.add(1000, 6, 1, strings(List.of(name)));
    header.add(1001, 6, 1, strings(List.of("1.0")));
    header.add(1002, 6, 1, strings(List.of("2")));
    header.add(1003, 4, 1, numbers(4, new int[] {3}));
    header.add(1022, 6, 1, strings(List.of("x86_64")));
    if (!files.isEmpty()) {
      int count = files.size();
      header.add(1030, 3, count, numbers(2, files.stream().mapToInt(f -> f.mode()).toArray()));
      header.add(1037, 4, count, numbers(4, files.stream().mapToInt(f -> f.flags()).toArray()));
      header.add(1116, 4, count, numbers(4, files.stream().mapToInt(f -> f.directory()).toArray()));
      header.add(1117, 8, count, strings(files.stream().map(PackagedFile::name).toList()));
      header.add(1118, 8, directories.size(), strings(directories));
    }
    return header.bytes();
  }

  /** rpm's own format. */
  static byte[] ndb(List<byte[]> headers) {
    ByteBuffer file = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
    file.put("RpmP".getBytes(ISO_8859_1)).putInt(0).putInt(1).putInt(1).putInt(headers.size() + 1);
    int block = PAGE / 16;
    for (int i = 0; i < headers.size(); i++) {
      byte[] header = headers.get(i);
      int blocks = (16 + header.length + 12 + 15) / 16;
      file.position(32 + 16 * i);
      file.put("Slot".getBytes(ISO_8859_1)).putInt(i + 1).putInt(block).putInt(blocks);
      file.position(block * 16);
      file.put("BlbS".getBytes(ISO_8859_1)).putInt(i + 1).putInt(1).putInt(header.length);
      file.put(header);
      block += blocks;
    }
    byte[] bytes = new byte[block * 16];
    file.get(0, bytes);
    return bytes;
  }

  /** A Berkeley DB hash with all values in overflow pages. */
  static byte[] berkeley(List<byte[]> headers, ByteOrder order) {
    List<ByteBuffer> pages = new ArrayList<>();
    ByteBuffer meta = ByteBuffer.allocate(PAGE).order(order);
    meta.putInt(12, 0x061561).putInt(16, 9).putInt(20, PAGE).put(25, (byte) 8);
    pages.add(meta);
    ByteBuffer hash = ByteBuffer.allocate(PAGE).order(order);
    hash.putShort(20, (short) (2 * headers.size())).put(25, (byte) 13);
    pages.add(hash);
    int free = PAGE;
    for (int i = 0; i < headers.size(); i++) {
      free -= 5;
      hash.put(free, (byte) 1).putInt(free + 1, i + 1).putShort(26 + 4 * i, (short) free);
      free -= 12;
      hash.putShort(26 + 4 * i + 2, (short) free);
      hash.put(free, (byte) 3)
          .putInt(free + 4, pages.size())
          .putInt(free + 8, headers.get(i).length);
      byte[] header = headers.get(i);
      for (int at = 0; at < header.length; at += PAGE - 26) {
        int bytes = Math.min(PAGE - 26, header.length - at);
        boolean last = at + bytes == header.length;
        ByteBuffer page = ByteBuffer.allocate(PAGE).order(order);
        page.putInt(8, pages.size()).putInt(16, last ? 0 : pages.size() + 1);
        page.putShort(22, (short) bytes).put(25, (byte) 7).put(26, header, at, bytes);
        pages.add(page);
      }
    }
    return join(pages);
  }

  private static byte[] join(List<ByteBuffer> pages) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    pages.forEach(page -> out.writeBytes(page.array()));
    return out.toByteArray();
  }

  /** An SQLite database with the table of packages, one leaf a package below an inner page. */
  static byte[] sqlite(List<byte[]> headers) {
    List<ByteBuffer> pages = new ArrayList<>();
    ByteBuffer first = ByteBuffer.allocate(PAGE);
    first.put("SQLite format 3\0".getBytes(ISO_8859_1)).putShort((short) PAGE);
    first.put(21, (byte) 64).put(22, (byte) 32).put(23, (byte) 32);
    byte[] schema =
        record("table", "Packages", "Packages", 2, "CREATE TABLE 'Packages' (hnum, blob)");
    first.put(100, (byte) 13).putShort(103, (short) 1);
    first.putShort(108, (short) (PAGE - 2 - schema.length));
    first.put(PAGE - 2 - schema.length, new byte[] {(byte) schema.length, 1});
    first.put(PAGE - schema.length, schema);
    pages.add(first);
    ByteBuffer inner = ByteBuffer.allocate(PAGE);
    inner.put(0, (byte) 5).putShort(3, (short) (headers.size() - 1));
    pages.add(inner);
    for (int i = 0; i < headers.size(); i++) {
      if (i == headers.size() - 1) {
        inner.putInt(8, pages.size() + 1);
      } else {
        int at = PAGE - 5 * (i + 1);
        inner.putShort(12 + 2 * i, (short) at).putInt(at, pages.size() + 1).put(at + 4, (byte) i);
      }
      leaf(pages, i + 1, record(null, headers.get(i)));
    }
    return join(pages);
  }

  private static void leaf(List<ByteBuffer> pages, int row, byte[] record) {
    int local = record.length;
    if (local > PAGE - 35) {
      int least = (PAGE - 12) * 32 / 255 - 23;
      int fitting = least + (local - least) % (PAGE - 4);
      local = fitting <= PAGE - 35 ? fitting : least;
    }
    ByteBuffer cell = ByteBuffer.allocate(PAGE);
    putVarint(cell, record.length);
    putVarint(cell, row);
    cell.put(record, 0, local);
    ByteBuffer leaf = ByteBuffer.allocate(PAGE);
    pages.add(leaf);
    if (local < record.length) {
      cell.putInt(pages.size() + 1);
    }
    for (int at = local; at < record.length; at += PAGE - 4) {
      int bytes = Math.min(PAGE - 4, record.length - at);
      ByteBuffer page = ByteBuffer.allocate(PAGE);
      page.putInt(at + bytes == record.length ? 0 : pages.size() + 2);
      page.put(record, at, bytes);
      pages.add(page);
    }
    int start = PAGE - cell.position();
    leaf.put(0, (byte) 13).putShort(3, (short) 1).putShort(8, (short) start);
    leaf.put(start, cell.array(), 0, cell.position());
  }

  private static byte[] record(Object... values) {
    ByteBuffer types = ByteBuffer.allocate(200);
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (Object value : values) {
      switch (value) {
        case null -> putVarint(types, 0);
        case Integer number -> {
          putVarint(types, 1);
          content.write(number);
        }
        case String text -> {
          putVarint(types, 13 + 2L * text.length());
          content.writeBytes(text.getBytes(ISO_8859_1));
        }
        case byte[] blob -> {
          putVarint(types, 12 + 2L * blob.length);
          content.writeBytes(blob);
        }
        default -> throw new IllegalArgumentException(value.toString());
      }
    }
    return ByteBuffer.allocate(1 + types.position() + content.size())
        .put((byte) (1 + types.position()))
        .put(types.flip())
        .put(content.toByteArray())
        .array();
  }

  private static void putVarint(ByteBuffer out, long value) {
    for (int shift = 28; shift > 0; shift -= 7) {
      if (value >>> shift != 0) {
        out.put((byte) (0x80 | value >>> shift));
      }
    }
    out.put((byte) (value & 0x7f));
  }
}
