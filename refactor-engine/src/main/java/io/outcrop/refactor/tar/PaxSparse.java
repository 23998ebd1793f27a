package io.outcrop.refactor.tar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.outcrop.refactor.model.ByteString;
import io.outcrop.refactor.model.Reason;
import io.outcrop.refactor.model.RefusedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Sparse files as GNU tar stores them with PAX headers, versions 0.0, 0.1 and 1.0. */
final class PaxSparse {

  private static final String MAP = "GNU.sparse.map";
  private static final int MAX_MAP_BYTES = 1 << 20;

  private PaxSparse() {}

  /** Whether the records describe a sparse file of a known version. */
  static boolean isSparse(PaxRecords pax) {
    String version = version(pax);
    return switch (version) {
      case "0.0", "0.1", "1.0" -> true;
      // The first versions did not state themselves.
      case "." -> pax.value(MAP).isPresent() || !pax.repeatedSparse().isEmpty();
      default -> false;
    };
  }

  private static String version(PaxRecords pax) {
    return pax.text("GNU.sparse.major").orElse("") + '.' + pax.text("GNU.sparse.minor").orElse("");
  }

  static void read(PaxRecords pax, TarStream in, EntryContent content, long length)
      throws IOException {
    SparseMap map = version(pax).equals("1.0") ? fromContent(in, content) : fromRecords(pax);
    content.sparse(map, length);
  }

  private static SparseMap fromRecords(PaxRecords pax) throws RefusedException {
    long count = PaxRecords.number(pax.text("GNU.sparse.numblocks").orElse(""));
    List<String> numbers = new ArrayList<>();
    if (!pax.repeatedSparse().isEmpty()) {
      for (ByteString number : pax.repeatedSparse()) {
        numbers.add(new String(number.toByteArray(), ISO_8859_1));
      }
    } else if (pax.value(MAP).isPresent()) {
      numbers = List.of(pax.text(MAP).orElseThrow().split(",", -1));
    }
    if (count < 0 || numbers.size() % 2 != 0 || numbers.size() / 2 != count) {
      throw TarBlock.invalid("another number of parts of a sparse file than it says");
    }
    SparseMap map = new SparseMap();
    for (int i = 0; i < numbers.size(); i += 2) {
      map.add(PaxRecords.number(numbers.get(i)), PaxRecords.number(numbers.get(i + 1)));
    }
    return map;
  }

  /** Version 1.0 keeps the map at the begin of the content: lines of numbers, padded to a block. */
  private static SparseMap fromContent(TarStream in, EntryContent content) throws IOException {
    Lines lines = new Lines(in, content);
    long count = PaxRecords.number(lines.next());
    if (count < 0) {
      throw TarBlock.invalid("a negative number of parts of a sparse file");
    }
    SparseMap map = new SparseMap();
    for (long i = 0; i < count; i++) {
      long offset = PaxRecords.number(lines.next());
      map.add(offset, PaxRecords.number(lines.next()));
    }
    return map;
  }

  /** Lines of the map, read block by block. */
  private static final class Lines {
    private final TarStream in;
    private final EntryContent content;
    private final byte[] block = new byte[TarBlock.BYTES];
    private int at = TarBlock.BYTES;
    private int total;

    Lines(TarStream in, EntryContent content) {
      this.in = in;
      this.content = content;
    }

    String next() throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      while (true) {
        if (at == TarBlock.BYTES) {
          fill();
        }
        byte b = block[at++];
        if (b == '\n') {
          return line.toString(ISO_8859_1);
        }
        line.write(b);
      }
    }

    private void fill() throws IOException {
      total += TarBlock.BYTES;
      if (total > MAX_MAP_BYTES) {
        throw new RefusedException(
            Reason.HEADER_TOO_LARGE, "more than " + MAX_MAP_BYTES + " bytes for a sparse file");
      }
      if (content.storedLeft() < TarBlock.BYTES) {
        throw TarBlock.invalid("a sparse file whose map does not end");
      }
      in.readFully(block, 0, TarBlock.BYTES);
      content.consumed(TarBlock.BYTES);
      at = 0;
    }
  }
}
