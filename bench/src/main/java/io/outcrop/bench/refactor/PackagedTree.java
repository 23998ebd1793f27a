package io.outcrop.bench.refactor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An image's files by the Debian source package that they come from.
 *
 * @param packages by name, no directories among them
 * @param rest all directories, and what no package has. A package's list of files is in it, since
 *     its time is that of the installation: it would make each image's package another one.
 */
record PackagedTree(SortedMap<String, List<Entry>> packages, List<Entry> rest) {

  private static final String DPKG = "var/lib/dpkg/";
  private static final String INFO = DPKG + "info/";
  private static final int MOST_LINKS = 40;

  // The owner of what several packages have, as the links in place of directories, /bin for one.
  private static final String NOBODY = "";

  /** Reads the image's package database, if it has one. */
  static PackagedTree of(List<Entry> entries, ContentSpool spool) throws IOException {
    Map<String, Entry> paths = new HashMap<>();
    entries.forEach(entry -> paths.put(entry.path(), entry));
    Map<String, String> owners = owners(paths, spool);
    PackagedTree tree = new PackagedTree(new TreeMap<>(), new ArrayList<>());
    for (Entry entry : entries) {
      // Hard links are only links within one archive.
      String file = entry.type() == Entry.HARD_LINK ? entry.link() : entry.path();
      String owner = owners.get(file);
      if (owner == null || owner.equals(NOBODY) || entry.isDirectory()) {
        tree.rest.add(entry);
      } else {
        tree.packages.computeIfAbsent(owner, absent -> new ArrayList<>()).add(entry);
      }
    }
    return tree;
  }

  private static Map<String, String> owners(Map<String, Entry> paths, ContentSpool spool)
      throws IOException {
    Map<String, String> owners = new HashMap<>();
    Map<String, String> sources = sources(paths, spool);
    Map<String, String> directories = new HashMap<>();
    for (Entry entry : List.copyOf(paths.values())) {
      int dot = entry.path().lastIndexOf('.');
      if (!entry.path().startsWith(INFO) || dot < INFO.length()) {
        continue;
      }
      String name = entry.path().substring(INFO.length(), dot);
      int colon = name.indexOf(':');
      String source = sources.get(colon < 0 ? name : name.substring(0, colon));
      if (source == null) {
        continue;
      }
      if (entry.path().endsWith(".list")) {
        for (String line : lines(entry, spool)) {
          if (line.length() > 1) {
            owners.merge(
                resolved(line.substring(1), paths, directories),
                source,
                (one, other) -> one.equals(other) ? one : NOBODY);
          }
        }
      } else {
        owners.put(entry.path(), source);
      }
    }
    return owners;
  }

  /** Binary package to source package. */
  private static Map<String, String> sources(Map<String, Entry> paths, ContentSpool spool)
      throws IOException {
    Map<String, String> sources = new HashMap<>();
    Entry status = paths.get(DPKG + "status");
    String binary = "";
    for (String line : status == null ? List.<String>of() : lines(status, spool)) {
      if (line.startsWith("Package: ")) {
        binary = line.substring("Package: ".length());
        sources.put(binary, binary);
      } else if (line.startsWith("Source: ")) {
        sources.put(binary, line.substring("Source: ".length()).split(" ", 2)[0]);
      }
    }
    return sources;
  }

  /** The path that a package's path has once the links among its directories are followed. */
  private static String resolved(
      String path, Map<String, Entry> paths, Map<String, String> directories) {
    int slash = path.lastIndexOf('/');
    if (slash < 0) {
      return path;
    }
    String parent = path.substring(0, slash);
    String known = directories.get(parent);
    if (known == null) {
      known = parent;
      for (int links = 0; links < MOST_LINKS; links++) {
        known = resolved(known, paths, directories);
        Entry entry = paths.get(known);
        if (entry == null || entry.type() != Entry.SYMBOLIC_LINK) {
          break;
        }
        known = target(known, entry.link());
      }
      directories.put(parent, known);
    }
    return known.isEmpty() ? path.substring(slash + 1) : known + path.substring(slash);
  }

  private static String target(String path, String link) {
    List<String> names = new ArrayList<>();
    int slash = path.lastIndexOf('/');
    String joined =
        link.startsWith("/") || slash < 0 ? link : path.substring(0, slash) + '/' + link;
    for (String name : joined.split("/", -1)) {
      if (name.equals("..")) {
        names = names.subList(0, Math.max(0, names.size() - 1));
      } else if (!name.isEmpty() && !name.equals(".")) {
        names.add(name);
      }
    }
    return String.join("/", names);
  }

  private static List<String> lines(Entry entry, ContentSpool spool) throws IOException {
    return new String(spool.bytes(entry.content()), StandardCharsets.ISO_8859_1).lines().toList();
  }
}
