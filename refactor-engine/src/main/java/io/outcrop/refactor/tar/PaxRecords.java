package io.outcrop.refactor.tar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.outcrop.refactor.model.ByteString;
import io.outcrop.refactor.model.RefusedException;
import io.outcrop.refactor.model.Xattr;
import io.outcrop.refactor.model.Xattrs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The records of one extended header. Keys are kept as Latin-1 text, so that every byte is a
 * character; values are bytes. Immutable.
 */
final class PaxRecords {

  static final PaxRecords NONE = new PaxRecords(Map.of(), List.of());

  static final String XATTR_PREFIX = "SCHILY.xattr.";
  private static final String SPARSE_OFFSET = "GNU.sparse.offset";
  private static final String SPARSE_LENGTH = "GNU.sparse.numbytes";
  private static final int SHORTEST_RECORD = 5;

  private final Map<String, ByteString> values;
  // Offsets and lengths in turn, as version 0.0 has them: the same keys again and again.
  private final List<ByteString> repeatedSparse;

  private PaxRecords(Map<String, ByteString> values, List<ByteString> repeatedSparse) {
    this.values = values;
    this.repeatedSparse = repeatedSparse;
  }

  /**
   * Reads the content of an extended header: records of {@code <length> <key>=<value>\n}.
   *
   * @throws RefusedException if it is anything else
   */
  static PaxRecords parse(byte[] bytes) throws RefusedException {
    Map<String, ByteString> values = new HashMap<>();
    List<ByteString> sparse = new ArrayList<>();
    int start = 0;
    while (start < bytes.length) {
      int space = indexOf(bytes, (byte) ' ', start, bytes.length);
      long length = number(bytes, start, space);
      int end = (int) Math.min(start + length, Integer.MAX_VALUE);
      if (length < SHORTEST_RECORD
          || length > bytes.length - start
          || end - 1 <= space
          || bytes[end - 1] != '\n') {
        throw TarBlock.invalid("an extended record of a wrong length");
      }
      int equals = indexOf(bytes, (byte) '=', space + 1, end - 1);
      String key = new String(bytes, space + 1, equals - space - 1, ISO_8859_1);
      ByteString value = ByteString.of(bytes, equals + 1, end - equals - 2);
      check(key, value);
      if (key.equals(SPARSE_OFFSET) || key.equals(SPARSE_LENGTH)) {
        if (!key.equals(sparse.size() % 2 == 0 ? SPARSE_OFFSET : SPARSE_LENGTH)
            || has(value, (byte) ',')) {
          throw TarBlock.invalid("records of a sparse file out of order");
        }
        sparse.add(value);
      } else {
        values.put(key, value);
      }
      start = end;
    }
    return new PaxRecords(values, sparse);
  }

  private static int indexOf(byte[] bytes, byte sought, int from, int to) throws RefusedException {
    for (int i = from; i < to; i++) {
      if (bytes[i] == sought) {
        return i;
      }
    }
    throw TarBlock.invalid("an extended record without '" + (char) sought + "'");
  }

  private static void check(String key, ByteString value) throws RefusedException {
    boolean named = key.equals("path") || key.equals("linkpath");
    boolean owner = key.equals("uname") || key.equals("gname");
    boolean nulAllowed = !named && !owner;
    if (key.isEmpty() || key.indexOf(0) >= 0 || (!nulAllowed && has(value, (byte) 0))) {
      throw TarBlock.invalid("an extended record with a NUL or without a key");
    }
  }

  private static boolean has(ByteString value, byte sought) {
    for (int i = 0; i < value.length(); i++) {
      if (value.at(i) == sought) {
        return true;
      }
    }
    return false;
  }

  private static long number(byte[] bytes, int from, int to) throws RefusedException {
    return number(new String(bytes, from, to - from, ISO_8859_1));
  }

  /** A decimal number with an optional sign. */
  static long number(String text) throws RefusedException {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException _) {
      throw TarBlock.invalid("an extended record that is no number");
    }
  }

  /** A value; an empty one counts as none, as the format says. */
  Optional<ByteString> value(String key) {
    return Optional.ofNullable(values.get(key)).filter(value -> !value.isEmpty());
  }

  Optional<String> text(String key) {
    return value(key).map(value -> new String(value.toByteArray(), ISO_8859_1));
  }

  /** A number, or the one that the header itself has. */
  long number(String key, long otherwise) throws RefusedException {
    Optional<String> text = text(key);
    return text.isPresent() ? number(text.get()) : otherwise;
  }

  /** What version 0.0 says of a sparse file: offsets and lengths in turn. */
  List<ByteString> repeatedSparse() {
    return repeatedSparse;
  }

  /** The extended attributes. Here an empty value is one: attributes may be empty. */
  Xattrs xattrs() {
    if (values.isEmpty()) {
      return Xattrs.NONE;
    }
    List<Xattr> xattrs = new ArrayList<>();
    values.forEach((key, value) -> {
      if (key.startsWith(XATTR_PREFIX)) {
        String name = key.substring(XATTR_PREFIX.length());
        xattrs.add(new Xattr(ByteString.of(name.getBytes(ISO_8859_1)), value));
      }
    });
    return Xattrs.of(xattrs);
  }
}
