package io.outcrop.refactor.scan;

import io.outcrop.refactor.model.ByteString;
import io.outcrop.refactor.model.ContentHash;
import io.outcrop.refactor.model.EntryType;
import io.outcrop.refactor.model.Metadata;
import io.outcrop.refactor.model.Node;
import io.outcrop.refactor.model.Xattrs;
import java.util.List;

/**
 * The files of a layer without their names, in the order of the archive, a column for each
 * property. What a file system calls inodes: hard links are several names of one row here.
 */
final class FileTable {

  private final byte[] types;
  private final short[] modes;
  private final int[] uids;
  private final int[] gids;
  private final long[] seconds;
  private final int[] nanos;
  // For a regular file, its row in the three below; for a link, in targets; for a device, in
  // devices.
  private final int[] payloads;
  private final byte[] hashes;
  private final long[] lengths;
  private final long[] offsets;
  private final List<ByteString> targets;
  private final long[] devices;
  // One more than the index of a file's attributes; 0 where it has none.
  private final int[] xattrRows;
  private final List<Xattrs> xattrs;

  FileTable(FileTableBuilder columns) {
    types = columns.types.toArray();
    modes = columns.modes();
    uids = columns.uids.toArray();
    gids = columns.gids.toArray();
    seconds = columns.seconds.toArray();
    nanos = columns.nanos.toArray();
    payloads = columns.payloads.toArray();
    hashes = columns.hashes.toArray();
    lengths = columns.lengths.toArray();
    offsets = columns.offsets.toArray();
    targets = List.copyOf(columns.targets);
    devices = columns.devices.toArray();
    xattrRows = columns.xattrRows.toArray();
    xattrs = List.copyOf(columns.xattrs);
  }

  int size() {
    return types.length;
  }

  EntryType type(int file) {
    return EntryType.ofCode(types[file]);
  }

  boolean isDirectory(int file) {
    return types[file] == EntryType.DIRECTORY.code();
  }

  Metadata metadata(int file) {
    return new Metadata(
        modes[file],
        Integer.toUnsignedLong(uids[file]),
        Integer.toUnsignedLong(gids[file]),
        seconds[file],
        nanos[file],
        xattrRows[file] == 0 ? Xattrs.NONE : xattrs.get(xattrRows[file] - 1));
  }

  long length(int file) {
    return type(file) == EntryType.REGULAR ? lengths[payloads[file]] : 0;
  }

  long offset(int file) {
    return offsets[payload(file, EntryType.REGULAR)];
  }

  ContentHash content(int file) {
    return ContentHash.read(hashes, payload(file, EntryType.REGULAR) * ContentHash.BYTES);
  }

  private int payload(int file, EntryType expected) {
    if (type(file) != expected) {
      throw new IllegalArgumentException("type: " + type(file) + " (expected: " + expected + ")");
    }
    return payloads[file];
  }

  Node node(int file) {
    return switch (type(file)) {
      case DIRECTORY -> new Node.Directory();
      case REGULAR -> new Node.RegularFile(length(file), content(file));
      case SYMLINK -> new Node.SymbolicLink(targets.get(payloads[file]));
      case CHARACTER_DEVICE, BLOCK_DEVICE -> {
        long device = devices[payloads[file]];
        yield new Node.Device(type(file), (int) (device >>> Integer.SIZE), (int) device);
      }
      case FIFO -> new Node.Fifo();
    };
  }
}
