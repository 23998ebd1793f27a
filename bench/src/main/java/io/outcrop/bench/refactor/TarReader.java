package io.outcrop.bench.refactor;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads a layer's archive member by member: ustar, GNU long names and PAX, as far as container
 * engines honour them.
 *
 * <p>Sparse members are refused rather than measured wrongly.
 */
final class TarReader {

  private static final int BLOCK = 512;
  private static final int LONGEST_HEADER = 1 << 20;
  private static final String ATTRIBUTE = "SCHILY.xattr.";
  private static final BigDecimal NANOS = BigDecimal.valueOf(1_000_000_000);

  private final InputStream in;
  private final ContentSpool spool;
  private final byte[] block = new byte[BLOCK];

  /** Contents of files go to {@code spool}. */
  TarReader(InputStream in, ContentSpool spool) {
    this.in = in;
    this.spool = spool;
  }

  /**
   * The next member, or null at the end. Its path may start with "./" and end with a slash, as it
   * is written.
   */
  @Nullable Entry next() throws IOException {
    Map<String, String> extended = new HashMap<>();
    while (readBlock()) {
      char type = (char) block[156];
      switch (type) {
        case 'x' -> parseExtended(payload(), extended);
        case 'g' -> payload();
        case 'L' -> extended.put("path", untilNul(payload()));
        case 'K' -> extended.put("linkpath", untilNul(payload()));
        default -> {
          return member(type, extended);
        }
      }
    }
    return null;
  }

  private Entry member(char type, Map<String, String> extended) throws IOException {
    String path = extended.getOrDefault("path", name());
    if (type == 'S' || extended.keySet().stream().anyMatch(key -> key.startsWith("GNU.sparse."))) {
      throw new IOException("sparse member, which is not measured: " + path);
    }
    char kind = type == '\0' || type == '7' ? Entry.FILE : type;
    if (kind == Entry.FILE && path.endsWith("/")) {
      kind = Entry.DIRECTORY;
    }
    long size = number(extended, "size", 124, 12);
    Content content = Content.NONE;
    if (kind == Entry.FILE) {
      content = spool.add(in, size);
      skipPadding(size);
    } else if (size > 0) {
      in.skipNBytes(size);
      skipPadding(size);
    }
    BigDecimal time =
        extended.containsKey("mtime")
            ? new BigDecimal(extended.get("mtime"))
            : BigDecimal.valueOf(number(136, 12));
    BigDecimal seconds = time.setScale(0, RoundingMode.FLOOR);
    boolean isLink = kind == Entry.HARD_LINK || kind == Entry.SYMBOLIC_LINK;
    boolean isDevice = kind == '3' || kind == '4';
    return new Entry(
        path,
        kind,
        (int) number(100, 8) & 07777,
        number(extended, "uid", 108, 8),
        number(extended, "gid", 116, 8),
        seconds.longValueExact(),
        time.subtract(seconds).multiply(NANOS).intValue(),
        isLink ? extended.getOrDefault("linkpath", text(157, 100)) : "",
        isDevice ? number(329, 8) << 32 | number(337, 8) : 0,
        attributes(extended),
        content);
  }

  private static SortedMap<String, String> attributes(Map<String, String> extended) {
    SortedMap<String, String> attributes = new TreeMap<>();
    extended.forEach((key, value) -> {
      if (key.startsWith(ATTRIBUTE)) {
        attributes.put(key.substring(ATTRIBUTE.length()), value);
      }
    });
    return attributes.isEmpty() ? Collections.emptySortedMap() : attributes;
  }

  /** False at the end of the archive, which is a block of zeros or the end of the stream. */
  private boolean readBlock() throws IOException {
    int read = in.readNBytes(block, 0, BLOCK);
    if (read == 0) {
      return false;
    }
    if (read < BLOCK) {
      throw new EOFException("archive ends within a header");
    }
    int sum = 0;
    boolean empty = true;
    for (int i = 0; i < BLOCK; i++) {
      empty &= block[i] == 0;
      sum += i >= 148 && i < 156 ? ' ' : block[i] & 0xff;
    }
    if (!empty && sum != number(148, 8)) {
      throw new IOException("header with checksum " + sum + " (expected: " + number(148, 8) + ")");
    }
    return !empty;
  }

  private String name() {
    String name = text(0, 100);
    // GNU's magic ends in a blank, and what follows it is no prefix.
    String prefix = text(257, 6).equals("ustar") ? text(345, 155) : "";
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  private byte[] payload() throws IOException {
    long size = number(124, 12);
    if (size > LONGEST_HEADER) {
      throw new IOException(
          "extended header of " + size + " bytes (expected: <= " + LONGEST_HEADER + ")");
    }
    byte[] payload = in.readNBytes((int) size);
    if (payload.length < size) {
      throw new EOFException("archive ends within an extended header");
    }
    skipPadding(size);
    return payload;
  }

  private void skipPadding(long size) throws IOException {
    in.skipNBytes(-size & (BLOCK - 1));
  }

  /** Records of "LENGTH KEY=VALUE\n", where the length counts itself. */
  private static void parseExtended(byte[] payload, Map<String, String> into) throws IOException {
    String records = new String(payload, StandardCharsets.ISO_8859_1);
    for (int start = 0; start < records.length(); ) {
      int blank = records.indexOf(' ', start);
      int length = blank < 0 ? -1 : Integer.parseInt(records.substring(start, blank));
      int equals = records.indexOf('=', start);
      int end = start + length;
      if (equals < blank || length <= 0 || end > records.length() || equals >= end) {
        throw new IOException("malformed extended header: " + records);
      }
      into.put(records.substring(blank + 1, equals), records.substring(equals + 1, end - 1));
      start = end;
    }
  }

  private long number(Map<String, String> extended, String key, int offset, int length) {
    String value = extended.get(key);
    return value == null ? number(offset, length) : Long.parseLong(value);
  }

  /** Octal digits, or a two's complement number whose first bit is set. */
  private long number(int offset, int length) {
    if ((block[offset] & 0x80) == 0) {
      String digits = text(offset, length).strip();
      return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
    }
    // The bit below the mark is the sign.
    int first = block[offset] << 25 >> 25;
    long value = first;
    for (int i = offset + 1; i < offset + length; i++) {
      value = value << 8 | (block[i] & 0xff);
    }
    return value;
  }

  private String text(int offset, int length) {
    int end = offset;
    while (end < offset + length && block[end] != 0) {
      end++;
    }
    return new String(block, offset, end - offset, StandardCharsets.ISO_8859_1);
  }

  private static String untilNul(byte[] payload) {
    String text = new String(payload, StandardCharsets.ISO_8859_1);
    int end = text.indexOf('\0');
    return end < 0 ? text : text.substring(0, end);
  }
}
