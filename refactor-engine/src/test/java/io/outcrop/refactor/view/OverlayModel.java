package io.outcrop.refactor.view;

import io.outcrop.refactor.model.ByteString;
import io.outcrop.refactor.model.ContentHash;
import io.outcrop.refactor.model.EntryType;
import io.outcrop.refactor.model.FilePath;
import io.outcrop.refactor.model.Limits;
import io.outcrop.refactor.model.Metadata;
import io.outcrop.refactor.model.Node;
import io.outcrop.refactor.tar.RawTar;
import io.outcrop.refactor.tar.TarEntry;
import io.outcrop.refactor.tar.TarReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What an engine and an overlay mount do, played with maps: each archive is unpacked, entry by
 * entry, into a directory of its own; then every name is looked up through the stack as overlayfs
 * does. Plain and slow, and of another mind than the code it checks.
 */
final class OverlayModel {

  /** A file with its metadata; names that share it are hard links. */
  private static final class File {
    private Metadata metadata;
    private final Node node;
    private final boolean implicit;

    File(Metadata metadata, Node node, boolean implicit) {
      this.metadata = metadata;
      this.node = node;
      this.implicit = implicit;
    }

    boolean isDirectory() {
      return node instanceof Node.Directory;
    }
  }

  /** A directory into which one archive was unpacked. */
  private static final class Upper {
    private final TreeMap<String, File> files = new TreeMap<>();
    private final List<String> whiteouts = new ArrayList<>();
    private final List<String> opaque = new ArrayList<>();

    void removeAll(String path) {
      files.remove(path);
      files.keySet().removeIf(other -> other.startsWith(path + "/"));
    }

    void makeParents(String path) {
      int slash = path.lastIndexOf('/');
      if (slash > 0) {
        String parent = path.substring(0, slash);
        makeParents(parent);
        files.putIfAbsent(
            parent, new File(Metadata.IMPLICIT_DIRECTORY, new Node.Directory(), true));
      }
    }
  }

  private final List<Upper> uppers = new ArrayList<>();

  OverlayModel(List<RawTar> archives) throws IOException {
    for (RawTar archive : archives) {
      uppers.add(unpack(archive.bytes()));
    }
    Collections.reverse(uppers);
  }

  private static String latin1(byte[] bytes) {
    return new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  private static String clean(ByteString name) {
    String text = latin1(name.toByteArray());
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }

  private static Upper unpack(byte[] archive) throws IOException {
    Upper upper = new Upper();
    TarReader reader = new TarReader(new ByteArrayInputStream(archive), Limits.DEFAULT);
    for (Optional<TarEntry> next = reader.next(); next.isPresent(); next = reader.next()) {
      TarEntry entry = next.get();
      String path = clean(entry.name());
      String directory = path.contains("/") ? path.substring(0, path.lastIndexOf('/') + 1) : "";
      String name = path.substring(directory.length());
      upper.makeParents(path);
      if (name.equals(".wh..wh..opq")) {
        upper.opaque.add(directory.isEmpty() ? "" : directory.substring(0, directory.length() - 1));
      } else if (name.startsWith(".wh.")) {
        upper.whiteouts.add(directory + name.substring(4));
      } else {
        create(upper, path, entry, reader.content().readAllBytes());
      }
    }
    return upper;
  }

  private static void create(Upper upper, String path, TarEntry entry, byte[] content) {
    Metadata metadata =
        new Metadata(
            entry.type() == '2' ? 0777 : (int) entry.mode(),
            entry.uid(),
            entry.gid(),
            entry.seconds(),
            entry.nanos(),
            entry.xattrs());
    File before = upper.files.get(path);
    if (before != null && !(before.isDirectory() && entry.type() == '5')) {
      upper.removeAll(path);
    }
    if (entry.type() == '1') {
      upper.files.put(path, upper.files.get(clean(entry.linkName())));
      return;
    }
    Node node =
        switch (entry.type()) {
          case '0' -> new Node.RegularFile(content.length, ContentHash.of(content));
          case '2' -> new Node.SymbolicLink(entry.linkName());
          case '3' ->
              new Node.Device(
                  EntryType.CHARACTER_DEVICE, (int) entry.deviceMajor(), (int) entry.deviceMinor());
          case '5' -> new Node.Directory();
          case '6' -> new Node.Fifo();
          default -> throw new AssertionError("type " + entry.type());
        };
    upper.files.put(path, new File(metadata, node, false));
  }

  /** The files that an overlay shows, by path. */
  private Map<String, File> merged() {
    Map<String, File> merged = new HashMap<>();
    show("", uppers, merged);
    return merged;
  }

  /** Shows what is in a directory of which some layers have a part each, topmost first. */
  private static void show(String directory, List<Upper> parts, Map<String, File> merged) {
    String prefix = directory.isEmpty() ? "" : directory + "/";
    SortedSet<String> names = new TreeSet<>();
    for (Upper part : parts) {
      for (String path : part.files.keySet()) {
        if (path.startsWith(prefix) && path.indexOf('/', prefix.length()) < 0) {
          names.add(path);
        }
      }
    }
    for (String path : names) {
      lookUp(path, parts, merged);
    }
  }

  private static void lookUp(String path, List<Upper> parts, Map<String, File> merged) {
    List<Upper> directories = new ArrayList<>();
    File shown = null;
    for (Upper part : parts) {
      File file = part.files.get(path);
      if (file == null) {
        if (part.whiteouts.contains(path)) {
          break;
        }
        continue;
      }
      if (!file.isDirectory()) {
        if (shown == null) {
          merged.put(path, file);
        }
        break;
      }
      // A directory nobody stated is made with the metadata of the one below it.
      if (shown == null || shown.implicit) {
        shown = file;
      }
      directories.add(part);
      if (part.opaque.contains(path)) {
        shown = statedBelow(shown, path, parts, part);
        break;
      }
    }
    if (shown != null) {
      merged.put(path, shown);
      show(path, directories, merged);
    }
  }

  /**
   * The metadata of an implicit directory is copied when it is made, so also below its own mark.
   */
  private static File statedBelow(File shown, String path, List<Upper> parts, Upper opaque) {
    if (!shown.implicit) {
      return shown;
    }
    boolean below = false;
    File stated = shown;
    for (Upper part : parts) {
      File file = part.files.get(path);
      if (below) {
        if (file == null && part.whiteouts.contains(path)) {
          return stated;
        }
        if (file != null) {
          if (!file.isDirectory()) {
            return stated;
          }
          stated = file;
          if (!file.implicit) {
            return stated;
          }
        }
      }
      below |= part == opaque;
    }
    return stated;
  }

  List<String> listing() {
    Map<String, File> merged = merged();
    Map<File, FilePath> first = new HashMap<>();
    Map<FilePath, File> byPath = new TreeMap<>();
    merged.forEach((path, file) -> byPath.put(path(path), file));
    byPath.forEach((path, file) -> first.putIfAbsent(file, path));
    List<String> lines = new ArrayList<>();
    byPath.forEach((path, file) ->
        lines.add(
            ViewListing.line(
                path, file.metadata, file.node, file.isDirectory() ? path : first.get(file))));
    return lines.stream().sorted().toList();
  }

  private static FilePath path(String latin1) {
    FilePath path = FilePath.ROOT;
    for (String name : latin1.split("/", -1)) {
      path =
          path.resolve(ByteString.of(name.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1)));
    }
    return path;
  }
}
