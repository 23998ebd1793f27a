package io.outcrop.bench.refactor;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A tar archive written header by header, so that a test says every byte of it. Names are Latin-1.
 */
final class TarBytes {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  TarBytes file(String path, String content) {
    return member(path, '0', 0644, 0, content, "");
  }

  TarBytes directory(String path) {
    return member(path + "/", '5', 0755, 0, "", "");
  }

  TarBytes link(String path, char type, String target) {
    return member(path, type, 0777, 0, "", target);
  }

  /** PAX records for the next member. */
  TarBytes extended(String... keysAndValues) {
    StringBuilder records = new StringBuilder();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      String rest = " " + keysAndValues[i] + "=" + keysAndValues[i + 1] + "\n";
      int length = rest.length();
      while (length != (Integer.toString(length).length() + rest.length())) {
        length = Integer.toString(length).length() + rest.length();
      }
      records.append(length).append(rest);
    }
    return member("pax", 'x', 0644, 0, records.toString(), "");
  }

  TarBytes member(String path, char type, int mode, long seconds, String content, String link) {
    byte[] header = header(path, type, mode, seconds, content.length(), link);
    return raw(header).payload(content);
  }

  TarBytes raw(byte[] header) {
    int sum = 0;
    for (int i = 0; i < 512; i++) {
      sum += i >= 148 && i < 156 ? ' ' : header[i] & 0xff;
    }
    text(header, 148, "%06o\0 ".formatted(sum));
    bytes.writeBytes(header);
    return this;
  }

  TarBytes payload(String content) {
    bytes.writeBytes(content.getBytes(StandardCharsets.ISO_8859_1));
    bytes.writeBytes(new byte[-content.length() & 511]);
    return this;
  }

  static byte[] header(String path, char type, int mode, long seconds, long size, String link) {
    byte[] header = new byte[512];
    text(header, 0, path);
    text(header, 100, "%07o".formatted(mode));
    text(header, 108, "%07o".formatted(0));
    text(header, 116, "%07o".formatted(0));
    text(header, 124, "%011o".formatted(size));
    text(header, 136, "%011o".formatted(seconds));
    header[156] = (byte) type;
    text(header, 157, link);
    text(header, 257, "ustar\00000");
    return header;
  }

  static void text(byte[] header, int offset, String text) {
    byte[] ascii = text.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(ascii, 0, header, offset, ascii.length);
  }

  byte[] end() {
    bytes.writeBytes(new byte[1024]);
    return bytes.toByteArray();
  }

  /** What is there so far, with no end of archive. */
  byte[] unfinished() {
    return bytes.toByteArray();
  }
}
