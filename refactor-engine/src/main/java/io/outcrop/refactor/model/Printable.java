package io.outcrop.refactor.model;

import java.util.HexFormat;

/** Bytes of unknown encoding for people to read. */
final class Printable {

  private static final HexFormat HEX = HexFormat.of();

  private Printable() {}

  static String text(byte[] bytes, int from, int to) {
    StringBuilder text = new StringBuilder(to - from);
    for (int i = from; i < to; i++) {
      byte b = bytes[i];
      if (b >= ' ' && b < 0x7f && b != '\\') {
        text.append((char) b);
      } else {
        HEX.toHexDigits(text.append("\\x"), b);
      }
    }
    return text.toString();
  }
}
