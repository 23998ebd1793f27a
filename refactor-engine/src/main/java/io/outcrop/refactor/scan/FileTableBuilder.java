package io.outcrop.refactor.scan;

import io.outcrop.refactor.model.ByteString;
import io.outcrop.refactor.model.ContentHash;
import io.outcrop.refactor.model.EntryType;
import io.outcrop.refactor.model.Metadata;
import io.outcrop.refactor.model.Node;
import io.outcrop.refactor.model.Xattrs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Collects the columns of a {@link FileTable}. */
final class FileTableBuilder {

  final ByteColumn types = new ByteColumn();
  final IntColumn modeColumn = new IntColumn();
  final IntColumn uids = new IntColumn();
  final IntColumn gids = new IntColumn();
  final LongColumn seconds = new LongColumn();
  final IntColumn nanos = new IntColumn();
  final IntColumn payloads = new IntColumn();
  final ByteColumn hashes = new ByteColumn();
  final LongColumn lengths = new LongColumn();
  final LongColumn offsets = new LongColumn();
  final List<ByteString> targets = new ArrayList<>();
  final LongColumn devices = new LongColumn();
  final IntColumn xattrRows = new IntColumn();
  final List<Xattrs> xattrs = new ArrayList<>();
  private final Map<Xattrs, Integer> xattrRowOf = new HashMap<>();
  private final byte[] hash = new byte[ContentHash.BYTES];

  int size() {
    return types.size();
  }

  /**
   * Adds a file.
   *
   * @param offset where its content begins in the unpacked archive; means nothing for other types
   * @return its row
   */
  int add(Metadata metadata, Node node, long offset) {
    int payload =
        switch (node) {
          case Node.RegularFile file -> {
            file.content().writeTo(hash, 0);
            hashes.add(hash, 0, hash.length);
            offsets.add(offset);
            yield lengths.add(file.length());
          }
          case Node.SymbolicLink link -> {
            targets.add(link.target());
            yield targets.size() - 1;
          }
          case Node.Device device ->
              devices.add(((long) device.major() << Integer.SIZE) | device.minor());
          case Node.Directory _, Node.Fifo _ -> 0;
          case Node.HardLink link ->
              throw new IllegalArgumentException("hard link to " + link.target());
        };
    payloads.add(payload);
    // What a file system says of a symbolic link, whatever an archive does.
    modeColumn.add(node.type() == EntryType.SYMLINK ? 0777 : metadata.mode());
    uids.add((int) metadata.uid());
    gids.add((int) metadata.gid());
    seconds.add(metadata.seconds());
    nanos.add(metadata.nanos());
    xattrRows.add(xattrRow(metadata.xattrs()));
    return types.add(node.type().code());
  }

  private int xattrRow(Xattrs of) {
    if (of.isEmpty()) {
      return 0;
    }
    return xattrRowOf.computeIfAbsent(
        of,
        added -> {
          xattrs.add(added);
          return xattrs.size();
        });
  }

  EntryType type(int file) {
    return EntryType.ofCode(types.get(file));
  }

  Metadata metadata(int file) {
    int row = xattrRows.get(file);
    return new Metadata(
        modeColumn.get(file),
        Integer.toUnsignedLong(uids.get(file)),
        Integer.toUnsignedLong(gids.get(file)),
        seconds.get(file),
        nanos.get(file),
        row == 0 ? Xattrs.NONE : xattrs.get(row - 1));
  }

  short[] modes() {
    short[] modes = new short[modeColumn.size()];
    for (int i = 0; i < modes.length; i++) {
      modes[i] = (short) modeColumn.get(i);
    }
    return modes;
  }
}
