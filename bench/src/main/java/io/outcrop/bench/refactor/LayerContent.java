package io.outcrop.bench.refactor;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * What a layer says: which paths of the layers below it takes away, and what it puts there, in the
 * order of its archive.
 *
 * @param deleted paths that are gone with all below them
 * @param emptied directories of which all that is below them is gone
 */
record LayerContent(List<String> deleted, List<String> emptied, List<Entry> entries) {

  private static final String WHITEOUT = ".wh.";
  private static final String OPAQUE = ".wh..wh..opq";

  static LayerContent read(InputStream archive, ContentSpool spool) throws IOException {
    LayerContent layer = new LayerContent(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    TarReader reader = new TarReader(new BufferedInputStream(archive, 1 << 16), spool);
    for (Entry entry = reader.next(); entry != null; entry = reader.next()) {
      layer.add(entry.at(canonical(entry.path())));
    }
    return layer;
  }

  private void add(Entry entry) throws IOException {
    String path = entry.path();
    int name = path.lastIndexOf('/') + 1;
    if (path.endsWith(OPAQUE) && name == path.length() - OPAQUE.length()) {
      emptied.add(path.substring(0, Math.max(0, name - 1)));
    } else if (path.startsWith(WHITEOUT, name)) {
      deleted.add(path.substring(0, name) + path.substring(name + WHITEOUT.length()));
    } else if (entry.type() == Entry.HARD_LINK) {
      entries.add(
          new Entry(
              path,
              Entry.HARD_LINK,
              0,
              0,
              0,
              0,
              0,
              canonical(entry.link()),
              0,
              entry.attributes(),
              Content.NONE));
    } else if (!path.isEmpty()) {
      entries.add(entry);
    }
  }

  private static String canonical(String path) throws IOException {
    int start = 0;
    int end = path.length();
    while (path.startsWith("/", start) || path.startsWith("./", start)) {
      start += path.charAt(start) == '/' ? 1 : 2;
    }
    while (end > start && path.charAt(end - 1) == '/') {
      end--;
    }
    String canonical = path.substring(start, end);
    if (("/" + canonical + "/").contains("/../")
        || canonical.contains("//")
        || canonical.contains("/./")) {
      throw new IOException("ambiguous path, which is not measured: " + path);
    }
    return canonical.equals(".") ? "" : canonical;
  }
}
