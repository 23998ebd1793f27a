package io.outcrop.refactor.plan.intrinsic;

import io.outcrop.refactor.model.EntryType;
import io.outcrop.refactor.plan.FileContents;
import io.outcrop.refactor.plan.VolatilePaths;
import io.outcrop.refactor.view.View;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** Finds what is installed in an image, with one pass over the layers that databases are in. */
final class ComponentFinder {

  // All databases of one image together; those of a large one have some 20 MB.
  private static final long MOST_BYTES = 512L << 20;
  private static final int NOBODY = -1;

  private final View view;
  private final List<DatabaseReader> readers;
  // By entry, the reader that wants the file.
  private final byte[] readerOf;
  private long bytes;

  private ComponentFinder(View view, List<DatabaseReader> readers) {
    this.view = view;
    this.readers = readers;
    this.readerOf = new byte[view.size()];
    Arrays.fill(readerOf, (byte) NOBODY);
  }

  /**
   * Assigns the entries of a view to what they were installed with.
   *
   * @throws IOException if content cannot be read, or the work is cancelled
   */
  static Claims find(View view, FileContents contents) throws IOException {
    Claims claims = new Claims(view);
    PathResolver paths = new PathResolver(view);
    ComponentFinder finder =
        new ComponentFinder(
            view,
            List.of(
                new DpkgReader(claims, paths),
                new ApkReader(claims, paths),
                new RpmReader(claims, paths),
                new PythonReader(view, claims, paths),
                new NodeReader(claims),
                new GemReader(claims),
                new JarReader(view, claims)));
    int[] wanted = finder.wanted(claims);
    contents.read(
        wanted,
        (entry, content) -> {
          int length = (int) view.length(entry);
          finder.read(entry, content.readNBytes(length));
        });
    claims.settle();
    return claims;
  }

  private int[] wanted(Claims claims) {
    int[] wanted = new int[view.size()];
    int count = 0;
    for (int entry = 0; entry < view.size(); entry++) {
      if (view.isDirectory(entry)) {
        continue;
      }
      String path = view.path(entry).text();
      // Links such as /lib64, which packages have as directories.
      boolean link = view.parent(entry) < 0 && view.type(entry) == EntryType.SYMLINK;
      if (link || VolatilePaths.contains(path)) {
        claims.claimVolatile(entry);
      }
      for (int reader = 0; reader < readers.size(); reader++) {
        if (isWanted(entry, readers.get(reader).sees(entry, path))) {
          readerOf[entry] = (byte) reader;
        }
      }
      // A database that is a hard link is read by its first name only.
      if (readerOf[entry] != NOBODY) {
        wanted[count++] = entry;
      }
    }
    return Arrays.copyOf(wanted, count);
  }

  private boolean isWanted(int entry, int mostBytes) {
    long length = view.length(entry);
    if (view.type(entry) != EntryType.REGULAR
        || view.isHardLink(entry)
        || length == 0
        || length > mostBytes
        || bytes + length > MOST_BYTES) {
      return false;
    }
    bytes += length;
    return true;
  }

  private void read(int entry, byte[] content) {
    readers.get(readerOf[entry]).read(entry, view.path(entry).text(), content);
  }
}
