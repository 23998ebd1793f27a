package io.outcrop.refactor.view;

import io.outcrop.refactor.model.ByteString;
import io.outcrop.refactor.model.EntryType;
import io.outcrop.refactor.model.FilePath;
import io.outcrop.refactor.model.Metadata;
import io.outcrop.refactor.model.Node;
import io.outcrop.refactor.model.Xattrs;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/** Root file systems as lines of text, in the form of walk.py: one a path, sorted. */
public final class ViewListing {

  private ViewListing() {}

  public static List<String> of(View view) {
    List<String> lines = new ArrayList<>();
    for (int entry = 0; entry < view.size(); entry++) {
      lines.add(
          line(
              view.path(entry),
              view.metadata(entry),
              view.node(view.firstName(entry)),
              view.path(view.firstName(entry))));
    }
    return lines.stream().sorted().toList();
  }

  /** One line; a hard link is told by the smallest path of its file. */
  static String line(FilePath path, Metadata metadata, Node node, FilePath first) {
    return "%s %s %o %d %d %d.%d %s [%s] %s"
        .formatted(
            hex(path.toByteArray()),
            letter(node.type()),
            metadata.mode(),
            metadata.uid(),
            metadata.gid(),
            metadata.seconds(),
            metadata.nanos(),
            payload(node),
            xattrs(metadata.xattrs()),
            hex(first.toByteArray()));
  }

  private static String letter(EntryType type) {
    return switch (type) {
      case DIRECTORY -> "d";
      case REGULAR -> "f";
      case SYMLINK -> "l";
      case CHARACTER_DEVICE -> "c";
      case BLOCK_DEVICE -> "b";
      case FIFO -> "p";
    };
  }

  private static String payload(Node node) {
    return switch (node) {
      case Node.RegularFile file -> file.length() + ":" + file.content().digest().hex();
      case Node.SymbolicLink link -> hex(link.target().toByteArray());
      case Node.Device device -> device.major() + ":" + device.minor();
      case Node.Directory _, Node.Fifo _ -> "-";
      case Node.HardLink link -> throw new IllegalArgumentException("link to " + link.target());
    };
  }

  private static String xattrs(Xattrs xattrs) {
    return xattrs.stream()
        .map(x -> hex(x.name()) + '=' + hex(x.value()))
        .collect(Collectors.joining(" "));
  }

  private static String hex(ByteString bytes) {
    return hex(bytes.toByteArray());
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
