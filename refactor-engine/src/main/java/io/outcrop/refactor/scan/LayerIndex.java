package io.outcrop.refactor.scan;

import io.outcrop.refactor.compress.Compression;
import io.outcrop.refactor.model.Ambiguity;
import io.outcrop.refactor.model.ByteString;
import io.outcrop.refactor.model.ContentHash;
import io.outcrop.refactor.model.EntryType;
import io.outcrop.refactor.model.FilePath;
import io.outcrop.refactor.model.Metadata;
import io.outcrop.refactor.model.Node;
import java.util.Arrays;
import java.util.List;

/**
 * What a layer does to a root file system: its entries without their content, what it hides of the
 * layers below, and where in the unpacked archive each content is. Immutable.
 *
 * <p>An entry is named by its <em>row</em>, from 0 to {@link #size()}. Rows are in the order of
 * {@link FilePath}, no path occurs twice, and the directories of every entry have rows of their
 * own, also those the archive does not state.
 */
public final class LayerIndex {

  /** Hides what lower layers have at this path; there is no file. */
  static final byte WHITEOUT = 1;

  /** Hides what lower layers have below this directory. */
  static final byte OPAQUE = 2;

  /** A directory that the archive does not state, but puts something into. */
  static final byte IMPLICIT = 4;

  /** A directory that took the place of another file of the same layer. */
  static final byte REPLACING = 8;

  private static final int NONE = -1;

  private final ContentHash diffId;
  private final long tarLength;
  private final Compression compression;
  private final boolean opaqueRoot;
  private final int[] parents;
  private final byte[] names;
  private final int[] nameEnds;
  private final byte[] marks;
  private final int[] files;
  private final FileTable table;
  private final List<Ambiguity> ambiguities;

  LayerIndex(
      ContentHash diffId,
      long tarLength,
      Compression compression,
      boolean opaqueRoot,
      int[] parents,
      byte[] names,
      int[] nameEnds,
      byte[] marks,
      int[] files,
      FileTable table,
      List<Ambiguity> ambiguities) {
    this.diffId = diffId;
    this.tarLength = tarLength;
    this.compression = compression;
    this.opaqueRoot = opaqueRoot;
    this.parents = parents;
    this.names = names;
    this.nameEnds = nameEnds;
    this.marks = marks;
    this.files = files;
    this.table = table;
    this.ambiguities = List.copyOf(ambiguities);
  }

  /** The hash of the unpacked archive. */
  public ContentHash diffId() {
    return diffId;
  }

  /** The length of the unpacked archive in bytes. */
  public long tarLength() {
    return tarLength;
  }

  /** How the layer is compressed, as its first bytes tell. */
  public Compression compression() {
    return compression;
  }

  /** What in this layer alone container engines would not agree on; empty for most layers. */
  public List<Ambiguity> ambiguities() {
    return ambiguities;
  }

  /** Whether the layer hides all that is below it. */
  public boolean isRootOpaque() {
    return opaqueRoot;
  }

  /** How many rows there are. */
  public int size() {
    return parents.length;
  }

  /** The row of the directory a row is in; -1 at the top. */
  public int parent(int row) {
    return parents[row];
  }

  /** The path of a row. */
  public FilePath path(int row) {
    int length = -1;
    for (int at = row; at != NONE; at = parents[at]) {
      length += nameLength(at) + 1;
    }
    byte[] path = new byte[length];
    int end = length;
    for (int at = row; at != NONE; at = parents[at]) {
      end -= nameLength(at);
      System.arraycopy(names, nameStart(at), path, end, nameLength(at));
      if (end > 0) {
        path[--end] = '/';
      }
    }
    return FilePath.ofOwned(path);
  }

  /** The last component of a row's path. */
  public ByteString name(int row) {
    return ByteString.of(names, nameStart(row), nameLength(row));
  }

  /** Whether two rows, the other of any layer, have the same last component. */
  public boolean sameName(int row, LayerIndex other, int otherRow) {
    return Arrays.equals(
        names,
        nameStart(row),
        nameEnds[row],
        other.names,
        other.nameStart(otherRow),
        other.nameEnds[otherRow]);
  }

  /** Compares the last components of two rows, the other of any layer. */
  public int compareNames(int row, LayerIndex other, int otherRow) {
    return Arrays.compareUnsigned(
        names,
        nameStart(row),
        nameEnds[row],
        other.names,
        other.nameStart(otherRow),
        other.nameEnds[otherRow]);
  }

  /** A hash of the last component of a row's path, the same in every layer. */
  public long nameHash(int row) {
    return NameHash.of(names, nameStart(row), nameLength(row));
  }

  private int nameStart(int row) {
    return row == 0 ? 0 : nameEnds[row - 1];
  }

  private int nameLength(int row) {
    return nameEnds[row] - nameStart(row);
  }

  /** Whether the row only hides what is below: it has none of the properties of a file. */
  public boolean isWhiteout(int row) {
    return (marks[row] & WHITEOUT) != 0;
  }

  /** Whether the row is a directory that hides what lower layers have in it. */
  public boolean isOpaque(int row) {
    return (marks[row] & OPAQUE) != 0;
  }

  /** Whether the row is a directory that the archive does not state. */
  public boolean isImplicit(int row) {
    return (marks[row] & IMPLICIT) != 0;
  }

  /** Whether the row is a directory that took the place of another file of the same layer. */
  public boolean isReplacing(int row) {
    return (marks[row] & REPLACING) != 0;
  }

  /** Whether the row is a directory. */
  public boolean isDirectory(int row) {
    return !isWhiteout(row) && table.isDirectory(files[row]);
  }

  /**
   * The file behind a name: equal for the rows that are hard links of each other, and growing in
   * the order of the archive; -1 for a whiteout.
   */
  public int file(int row) {
    return files[row];
  }

  /** How many files there are: all of {@link #file} are below this. */
  public int files() {
    return table.size();
  }

  /** The kind of file. */
  public EntryType type(int row) {
    return table.type(files[row]);
  }

  /** The metadata of a file; of an implicit directory, {@link Metadata#IMPLICIT_DIRECTORY}. */
  public Metadata metadata(int row) {
    return table.metadata(files[row]);
  }

  /** What the file is. */
  public Node node(int row) {
    return table.node(files[row]);
  }

  /** The length of a regular file's content in bytes; 0 for all else. */
  public long length(int row) {
    return table.length(files[row]);
  }

  /**
   * Where a regular file's content begins in the unpacked archive. It is contiguous there only if
   * the file is not stored sparsely.
   */
  public long offset(int row) {
    return table.offset(files[row]);
  }

  /** The hash of a regular file's content. */
  public ContentHash content(int row) {
    return table.content(files[row]);
  }

  byte marks(int row) {
    return marks[row];
  }

  FileTable table() {
    return table;
  }
}
