package io.outcrop.bench.refactor;

import java.io.IOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/** A root file system: layers laid one over the other as an overlay mount shows them. */
final class Tree {

  // Paths that are hard links of each other have the same object.
  private final NavigableMap<String, Entry> paths = new TreeMap<>();

  /** Puts a layer on top. */
  void add(LayerContent layer) throws IOException {
    layer.deleted().forEach(this::remove);
    layer.emptied().forEach(this::removeBelow);
    for (Entry entry : layer.entries()) {
      put(entry);
    }
  }

  private void put(Entry entry) throws IOException {
    Entry placed = entry;
    if (entry.type() == Entry.HARD_LINK) {
      placed = paths.get(entry.link());
      if (placed == null) {
        throw new IOException(
            "hard link " + entry.path() + " to what is not there: " + entry.link());
      }
    }
    if (!placed.isDirectory()) {
      removeBelow(entry.path());
    }
    paths.put(entry.path(), placed);
  }

  private void remove(String path) {
    paths.remove(path);
    removeBelow(path);
  }

  private void removeBelow(String path) {
    if (path.isEmpty()) {
      paths.clear();
    } else {
      // '0' is what follows the slash.
      paths.subMap(path + '/', path + '0').clear();
    }
  }

  /**
   * All paths in the order of their bytes. Of hard links the first path is the file, the others are
   * links to it.
   */
  List<Entry> entries() {
    IdentityHashMap<Entry, Entry> first = new IdentityHashMap<>();
    List<Entry> entries = new ArrayList<>(paths.size());
    paths.forEach((path, entry) -> {
      Entry file = first.get(entry);
      if (file == null) {
        Entry here = entry.path().equals(path) ? entry : entry.at(path);
        first.put(entry, here);
        entries.add(here);
      } else {
        entries.add(file.linkedAt(path));
      }
    });
    return entries;
  }
}
