package io.outcrop.storage.layout;

import io.outcrop.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A layout in a tar that comes through a pipe, or is read for the first time. Its parts may be in
 * any order. Not thread-safe.
 */
public final class TarLayoutStream {

  private static final int RECORD = 512;
  // The header and the one record of the marker, and the header behind them.
  private static final int FRONT = 3 * RECORD;

  private final TarScanner scanner;
  private final String location;
  private final Map<Digest, Long> sizes = new HashMap<>();
  private boolean marked;
  private boolean indexed;
  private Optional<String> folder = Optional.empty();
  private boolean oldDocker;

  /**
   * @param in where the tar begins; read through a buffer of its own, and not closed
   * @param location where it is, for messages
   */
  public TarLayoutStream(InputStream in, String location) {
    this.scanner = new TarScanner(in, location);
    this.location = location;
  }

  /**
   * Whether a tar begins with its index, as one that Outcrop wrote does. Of other order, its
   * content can only be understood when all of it is there.
   *
   * @param in where the tar begins, and is again afterwards; must support marks
   */
  public static boolean beginsWithIndex(InputStream in) throws IOException {
    in.mark(FRONT);
    try {
      byte[] front = in.readNBytes(FRONT);
      return front.length == FRONT
          && startsWith(front, 0, LayoutPath.MARKER + '\0')
          && startsWith(front, 2 * RECORD, LayoutPath.INDEX + '\0');
    } finally {
      in.reset();
    }
  }

  private static boolean startsWith(byte[] bytes, int from, String name) {
    byte[] expected = name.getBytes(StandardCharsets.US_ASCII);
    return Arrays.equals(bytes, from, from + expected.length, expected, 0, expected.length);
  }

  /**
   * The next part that matters; empty at the end.
   *
   * @throws LayoutException if it is no tar, is cut off, has in it what no layout has or, at its
   *     end, lacks what a layout must have
   */
  public Optional<LayoutPart> next() throws IOException {
    while (true) {
      Optional<TarScanner.Entry> next = scanner.next();
      if (next.isEmpty()) {
        checkWhole();
        return Optional.empty();
      }
      Optional<LayoutPart> part = part(next.get());
      if (part.isPresent()) {
        return part;
      }
    }
  }

  private Optional<LayoutPart> part(TarScanner.Entry entry) throws IOException {
    return switch (entry.path()) {
      case LayoutPath.Marker _ -> {
        Documents.checkMarker(Documents.bounded(scanner.bytes(), LayoutPath.MARKER), location);
        marked = true;
        yield Optional.empty();
      }
      case LayoutPath.Index _ -> {
        if (indexed) {
          throw new LayoutException(location + ": has two files " + LayoutPath.INDEX);
        }
        indexed = true;
        LayoutIndex index = LayoutIndex.parse(Documents.bounded(scanner.bytes(), LayoutPath.INDEX));
        yield Optional.of(new LayoutPart.Index(index, entry.modified()));
      }
      case LayoutPath.Blob(Digest digest) -> {
        Long before = sizes.putIfAbsent(digest, entry.size());
        if (before != null && before != entry.size()) {
          throw new LayoutException(location + ": has " + digest + " twice, of different lengths");
        }
        yield before != null
            ? Optional.empty()
            : Optional.of(
                new LayoutPart.Blob(digest, entry.size(), entry.offset(), scanner.bytes()));
      }
      case LayoutPath.Other _ -> {
        noteForeign(entry.name());
        yield Optional.empty();
      }
    };
  }

  private void noteForeign(String name) {
    if (name.endsWith('/' + LayoutPath.MARKER)) {
      folder = Optional.of(name.substring(0, name.length() - LayoutPath.MARKER.length() - 1));
    }
    oldDocker |= name.equals("manifest.json");
  }

  /** Says what is missing, and where people's mistakes are known, what to do. */
  private void checkWhole() throws LayoutException {
    if (marked && indexed) {
      return;
    }
    String missing = marked ? LayoutPath.INDEX : LayoutPath.MARKER;
    String hint = "";
    if (folder.isPresent()) {
      String name = Shown.of(folder.get());
      hint = "; it is in the folder " + name + ": pack it with tar -C " + name + " -cf FILE .";
    } else if (oldDocker) {
      hint =
          "; it looks like one of docker save before Docker 25:"
              + " skopeo copy docker-archive:FILE oci:DIR:NAME turns it into one";
    }
    throw new LayoutException(
        location + ": no OCI image layout, as it has no file " + missing + hint);
  }
}
