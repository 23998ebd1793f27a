package io.outcrop.refactor.tar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.outcrop.refactor.model.Xattr;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** The records of an extended header, written in the order of their keys. */
final class PaxWriter {

  // Latin-1 text sorts as its bytes do.
  private final Map<String, byte[]> records = new TreeMap<>();

  boolean isEmpty() {
    return records.isEmpty();
  }

  void text(String key, String value) {
    records.put(key, value.getBytes(ISO_8859_1));
  }

  /** A name, which is UTF-8 unless told otherwise. */
  void path(String key, byte[] value) {
    records.put(key, value);
    if (!isUtf8(value)) {
      text("hdrcharset", "BINARY");
    }
  }

  private static boolean isUtf8(byte[] value) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value));
      return true;
    } catch (CharacterCodingException _) {
      return false;
    }
  }

  /**
   * @throws IllegalArgumentException if the name cannot be part of a key
   */
  void xattr(Xattr xattr) {
    String name = new String(xattr.name().toByteArray(), ISO_8859_1);
    if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf(0) >= 0) {
      throw new IllegalArgumentException(
          "attribute: " + xattr.name() + " (expected: a name without '=' and NUL)");
    }
    records.put(PaxRecords.XATTR_PREFIX + name, xattr.value().toByteArray());
  }

  byte[] toByteArray() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    records.forEach((key, value) -> {
      byte[] name = key.getBytes(ISO_8859_1);
      int rest = name.length + value.length + 3;
      out.writeBytes((length(rest) + " ").getBytes(ISO_8859_1));
      out.writeBytes(name);
      out.write('=');
      out.writeBytes(value);
      out.write('\n');
    });
    return out.toByteArray();
  }

  /** The length of a record counts the digits of the length itself. */
  private static int length(int rest) {
    int length = rest + Integer.toString(rest).length();
    return rest + Integer.toString(length).length();
  }
}
