package io.outcrop.refactor.scan;

import io.outcrop.refactor.compress.Compression;
import io.outcrop.refactor.model.Ambiguity;
import io.outcrop.refactor.model.ContentHash;
import io.outcrop.refactor.model.EntryType;
import io.outcrop.refactor.model.FilePath;
import io.outcrop.refactor.model.Metadata;
import io.outcrop.refactor.model.Node;
import io.outcrop.refactor.model.Reason;
import io.outcrop.refactor.model.RefusedException;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts the entries of one layer, in the order of the archive, into a {@link LayerIndex}: what an
 * engine would find after unpacking them into an empty directory, and what the layer hides below.
 *
 * <p>Of what occurs twice, the last one counts. Where engines disagree, the reading of the
 * specification goes into the index, with an {@link Ambiguity}. Not thread-safe.
 */
public final class LayerIndexBuilder {

  /** More of the same would tell nobody more. */
  static final int AMBIGUITIES_KEPT = 8;

  private static final int ABSENT = NameTree.ABSENT;

  private final PathTree tree;
  private final FileTableBuilder table = new FileTableBuilder();
  // By node of the tree: the file there, or ABSENT.
  private final IntColumn files = new IntColumn();
  private final ByteColumn marks = new ByteColumn();
  private final List<Ambiguity> ambiguities = new ArrayList<>();
  private boolean opaqueRoot;
  // The path being added, and where its last component begins.
  private byte[] bytes = new byte[256];
  private int nameStart;

  /**
   * @param maxEntries how many paths there may be, directories that are not stated among them
   */
  public LayerIndexBuilder(int maxEntries) {
    this.tree = new PathTree(maxEntries);
    // The root is not part of any layer, and always a directory.
    files.add(table.add(Metadata.IMPLICIT_DIRECTORY, new Node.Directory(), 0));
    marks.add((byte) 0);
  }

  /**
   * Adds an entry.
   *
   * @param offset where the content of a regular file begins in the unpacked archive
   * @throws RefusedException if there are too many entries
   */
  public void add(FilePath path, Metadata metadata, Node node, long offset)
      throws RefusedException {
    if (path.isRoot()) {
      if (!(node instanceof Node.Directory)) {
        ambiguous(Reason.PARENT_NOT_A_DIRECTORY, path, "the root is not a directory");
      }
      return;
    }
    int parent = directoryOf(path);
    if (parent == ABSENT) {
      return;
    }
    int at = node(parent, nameStart, path.length());
    if (node instanceof Node.HardLink link) {
      addLink(at, path, metadata, link.target());
    } else if (node instanceof Node.Directory && isDirectory(at)) {
      restateDirectory(at, path, metadata);
    } else {
      boolean directory = node.type() == EntryType.DIRECTORY;
      boolean replaces = directory && files.get(at) != ABSENT;
      clear(at, path);
      files.set(at, table.add(metadata, node, offset));
      unhide(at, path, directory);
      if (replaces) {
        mark(at, LayerIndex.REPLACING);
      }
    }
  }

  /** An engine chowns, then sets what attributes are stated: what was there before remains. */
  private void restateDirectory(int at, FilePath path, Metadata metadata) {
    if ((marks.get(at) & LayerIndex.IMPLICIT) == 0
        && !metadata.xattrs().equals(table.metadata(files.get(at)).xattrs())) {
      ambiguous(Reason.DUPLICATE_ENTRY, path, "occurs twice with other attributes");
    }
    files.set(at, table.add(metadata, new Node.Directory(), 0));
    marks.set(at, (byte) (marks.get(at) & ~LayerIndex.IMPLICIT));
  }

  private void addLink(int at, FilePath path, Metadata metadata, FilePath target)
      throws RefusedException {
    clear(at, path);
    int targetNode = find(target);
    int file = targetNode == ABSENT ? ABSENT : files.get(targetNode);
    if (file == ABSENT || table.type(file) == EntryType.DIRECTORY) {
      ambiguous(
          Reason.HARD_LINK_TARGET, path, "links to " + target + ", not a file of the same layer");
      return;
    }
    if (!agrees(metadata, file)) {
      ambiguous(Reason.HARD_LINK_METADATA, path, "states other metadata than its target " + target);
    }
    files.set(at, file);
    unhide(at, path, false);
  }

  /** Whether it makes no difference if an engine applies what the entry of a link states. */
  private boolean agrees(Metadata stated, int file) {
    Metadata actual = table.metadata(file);
    boolean attributesAgree =
        stated.xattrs().equals(actual.xattrs())
            // Not stated is left as it is, but a chown takes capabilities away.
            || (stated.xattrs().isEmpty() && !XattrNames.hasCapability(actual.xattrs()));
    return attributesAgree
        && (stated.mode() == actual.mode() || table.type(file) == EntryType.SYMLINK)
        && stated.uid() == actual.uid()
        && stated.gid() == actual.gid()
        && stated.seconds() == actual.seconds()
        && stated.nanos() == actual.nanos();
  }

  /** Something takes the place of what the same layer has hidden. */
  private void unhide(int at, FilePath path, boolean directory) {
    byte mark = marks.get(at);
    if ((mark & LayerIndex.WHITEOUT) != 0) {
      if (directory) {
        // An overlay lets the lower directory shine through again; the specification does not.
        ambiguous(Reason.WHITEOUT_OF_OWN_ENTRY, path, "is hidden, then made a directory");
      }
      mark = (byte) ((mark & ~LayerIndex.WHITEOUT) | (directory ? LayerIndex.OPAQUE : 0));
    }
    if (!directory) {
      mark = (byte) (mark & ~(LayerIndex.OPAQUE | LayerIndex.REPLACING));
    }
    marks.set(at, (byte) (mark & ~LayerIndex.IMPLICIT));
  }

  /**
   * Hides what lower layers have at a path.
   *
   * @throws RefusedException if there are too many entries
   */
  public void whiteout(FilePath path) throws RefusedException {
    int parent = directoryOf(path);
    if (parent == ABSENT) {
      return;
    }
    int at = node(parent, nameStart, path.length());
    if (files.get(at) != ABSENT) {
      ambiguous(Reason.WHITEOUT_OF_OWN_ENTRY, path, "is hidden by the layer that brings it");
      if (isDirectory(at)) {
        mark(at, LayerIndex.OPAQUE);
      }
      return;
    }
    mark(at, LayerIndex.WHITEOUT);
  }

  /**
   * Hides what lower layers have in a directory.
   *
   * @throws RefusedException if there are too many entries
   */
  public void opaque(FilePath directory) throws RefusedException {
    if (directory.isRoot()) {
      // An overlay file system always merges the roots.
      ambiguous(Reason.ROOT_HIDDEN, directory, "the layer hides the root of those below");
      opaqueRoot = true;
      return;
    }
    int parent = directoryOf(directory);
    int at =
        parent == ABSENT ? ABSENT : directory(parent, nameStart, directory.length(), directory);
    if (at != ABSENT) {
      mark(at, LayerIndex.OPAQUE);
    }
  }

  /** Remembers something that engines would not agree on. */
  public void ambiguous(Reason reason, FilePath path, String what) {
    if (ambiguities.size() < AMBIGUITIES_KEPT) {
      ambiguities.add(new Ambiguity(reason, path + " " + what));
    }
  }

  private void mark(int at, byte mark) {
    marks.set(at, (byte) (marks.get(at) | mark));
  }

  private boolean isDirectory(int at) {
    int file = files.get(at);
    return file != ABSENT && table.type(file) == EntryType.DIRECTORY;
  }

  /** The directory a path is in, made where it is not stated; ABSENT if it cannot be one. */
  private int directoryOf(FilePath path) throws RefusedException {
    path.copyTo(spelled(path), 0);
    int at = NameTree.ROOT;
    int start = 0;
    for (int i = 0; i < path.length(); i++) {
      if (bytes[i] == '/') {
        at = directory(at, start, i, path);
        if (at == ABSENT) {
          return ABSENT;
        }
        start = i + 1;
      }
    }
    nameStart = start;
    return at;
  }

  private int directory(int parent, int start, int end, FilePath path) throws RefusedException {
    int at = node(parent, start, end);
    if (files.get(at) == ABSENT) {
      files.set(at, table.add(Metadata.IMPLICIT_DIRECTORY, new Node.Directory(), 0));
      unhide(at, path, true);
      mark(at, LayerIndex.IMPLICIT);
    } else if (!isDirectory(at)) {
      ambiguous(Reason.PARENT_NOT_A_DIRECTORY, path, "is below what is not a directory");
      return ABSENT;
    }
    return at;
  }

  private int node(int parent, int start, int end) throws RefusedException {
    int at = tree.child(parent, bytes, start, end - start);
    if (at == files.size()) {
      files.add(ABSENT);
      marks.add((byte) 0);
    }
    return at;
  }

  private byte[] spelled(FilePath path) {
    if (bytes.length < path.length()) {
      bytes = new byte[Math.max(path.length(), bytes.length * 2)];
    }
    return bytes;
  }

  private int find(FilePath path) {
    byte[] target = path.toByteArray();
    int at = NameTree.ROOT;
    int start = 0;
    while (start < target.length && isDirectory(at)) {
      int end = start;
      while (end < target.length && target[end] != '/') {
        end++;
      }
      at = tree.find(at, target, start, end - start);
      if (at == ABSENT) {
        return ABSENT;
      }
      start = end + 1;
    }
    return start >= target.length ? at : ABSENT;
  }

  /** Removes what the layer itself has brought to a path, with everything below. */
  private void clear(int at, FilePath path) {
    if (!isDirectory(at)) {
      files.set(at, ABSENT);
      return;
    }
    IntColumn doomed = new IntColumn();
    doomed.add(at);
    boolean stated = false;
    for (int i = 0; i < doomed.size(); i++) {
      int removed = doomed.get(i);
      stated |= isDirectory(removed) && (marks.get(removed) & LayerIndex.IMPLICIT) == 0;
      files.set(removed, ABSENT);
      if (removed != at) {
        marks.set(removed, (byte) 0);
      }
      for (int child = tree.firstChild(removed); child != ABSENT; child = tree.nextSibling(child)) {
        if (files.get(child) != ABSENT || marks.get(child) != 0) {
          doomed.add(child);
        }
      }
    }
    if (stated) {
      // Engines set the times of directories at the end, by path: of whatever is there by then.
      ambiguous(Reason.DUPLICATE_ENTRY, path, "takes the place of a directory of its own layer");
    }
  }

  /**
   * Ends the layer. The builder cannot be used any more.
   *
   * @param diffId the hash of the unpacked archive
   * @param tarLength its length in bytes
   * @param compression how the layer is compressed
   */
  public LayerIndex build(ContentHash diffId, long tarLength, Compression compression) {
    int[] order =
        new PathOrder(
                tree, path -> files.get(path) != ABSENT || marks.get(path) == LayerIndex.WHITEOUT)
            .paths();
    int[] rowOf = new int[tree.size()];
    rowOf[NameTree.ROOT] = ABSENT;
    int[] parents = new int[order.length];
    int[] fileOf = new int[order.length];
    byte[] markOf = new byte[order.length];
    int[] nameEnds = new int[order.length];
    ByteColumn names = new ByteColumn();
    for (int row = 0; row < order.length; row++) {
      int path = order[row];
      rowOf[path] = row;
      parents[row] = rowOf[tree.parent(path)];
      fileOf[row] = files.get(path);
      markOf[row] = marks.get(path);
      int start = tree.nameStart(path);
      names.add(tree.nameArray(), start, tree.nameEnd(path) - start);
      nameEnds[row] = names.size();
    }
    return new LayerIndex(
        diffId,
        tarLength,
        compression,
        opaqueRoot,
        parents,
        names.toArray(),
        nameEnds,
        markOf,
        fileOf,
        new FileTable(table),
        ambiguities);
  }
}
