package io.outcrop.refactor.scan;

import io.outcrop.refactor.model.ByteString;
import io.outcrop.refactor.model.ContentHash;
import io.outcrop.refactor.model.EntryType;
import io.outcrop.refactor.model.Metadata;
import io.outcrop.refactor.model.Node;
import io.outcrop.refactor.model.Xattr;
import io.outcrop.refactor.model.Xattrs;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The files of a layer as bytes. */
final class FileTableCodec {

  private static final int MAX_FILES = 1 << 24;
  private static final int MAX_XATTRS = 1 << 16;
  private static final int MAX_STRING = 1 << 20;

  private FileTableCodec() {}

  static void write(FileTable table, DataOutputStream out) throws IOException {
    Varints.write(out, table.size());
    long secondsBefore = 0;
    long offsetBefore = 0;
    for (int file = 0; file < table.size(); file++) {
      Metadata metadata = table.metadata(file);
      out.writeByte(table.type(file).code());
      Varints.write(out, metadata.mode());
      Varints.write(out, metadata.uid());
      Varints.write(out, metadata.gid());
      Varints.writeSigned(out, metadata.seconds() - secondsBefore);
      secondsBefore = metadata.seconds();
      Varints.write(out, metadata.nanos());
      xattrs(metadata.xattrs(), out);
      switch (table.node(file)) {
        case Node.RegularFile regular -> {
          Varints.write(out, regular.length());
          out.write(regular.content().toByteArray());
          Varints.write(out, table.offset(file) - offsetBefore);
          offsetBefore = table.offset(file);
        }
        case Node.SymbolicLink link -> string(link.target(), out);
        case Node.Device device -> {
          Varints.write(out, device.major());
          Varints.write(out, device.minor());
        }
        case Node.Directory _, Node.Fifo _ -> {}
        case Node.HardLink link -> throw new IllegalStateException("link to " + link.target());
      }
    }
  }

  private static void xattrs(Xattrs xattrs, DataOutputStream out) throws IOException {
    Varints.write(out, xattrs.size());
    for (Xattr xattr : xattrs) {
      string(xattr.name(), out);
      string(xattr.value(), out);
    }
  }

  private static void string(ByteString string, DataOutputStream out) throws IOException {
    Varints.write(out, string.length());
    out.write(string.toByteArray());
  }

  static FileTable read(DataInputStream in) throws IOException {
    FileTableBuilder table = new FileTableBuilder();
    int size = Varints.read(in, MAX_FILES);
    long seconds = 0;
    long offset = 0;
    for (int file = 0; file < size; file++) {
      EntryType type = EntryType.ofCode(in.readByte());
      int mode = Varints.read(in, Integer.MAX_VALUE);
      long uid = Varints.read(in);
      long gid = Varints.read(in);
      seconds += Varints.readSigned(in);
      Metadata metadata =
          new Metadata(mode, uid, gid, seconds, Varints.read(in, Integer.MAX_VALUE), xattrs(in));
      Node node = node(type, in);
      if (type == EntryType.REGULAR) {
        offset += Varints.read(in);
      }
      table.add(metadata, node, offset);
    }
    return new FileTable(table);
  }

  private static Node node(EntryType type, DataInputStream in) throws IOException {
    return switch (type) {
      case REGULAR ->
          new Node.RegularFile(
              Varints.read(in), ContentHash.read(LayerIndexCodec.bytes(in, ContentHash.BYTES), 0));
      case SYMLINK -> new Node.SymbolicLink(string(in));
      case CHARACTER_DEVICE, BLOCK_DEVICE ->
          new Node.Device(
              type, Varints.read(in, Integer.MAX_VALUE), Varints.read(in, Integer.MAX_VALUE));
      case DIRECTORY -> new Node.Directory();
      case FIFO -> new Node.Fifo();
    };
  }

  private static Xattrs xattrs(DataInputStream in) throws IOException {
    int size = Varints.read(in, MAX_XATTRS);
    if (size == 0) {
      return Xattrs.NONE;
    }
    List<Xattr> xattrs = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      xattrs.add(new Xattr(string(in), string(in)));
    }
    return Xattrs.of(xattrs);
  }

  private static ByteString string(DataInputStream in) throws IOException {
    return ByteString.of(LayerIndexCodec.bytes(in, Varints.read(in, MAX_STRING)));
  }
}
