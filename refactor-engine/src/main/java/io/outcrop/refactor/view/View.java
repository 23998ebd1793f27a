package io.outcrop.refactor.view;

import io.outcrop.refactor.model.Ambiguity;
import io.outcrop.refactor.model.ByteString;
import io.outcrop.refactor.model.ContentHash;
import io.outcrop.refactor.model.Entry;
import io.outcrop.refactor.model.EntryType;
import io.outcrop.refactor.model.FilePath;
import io.outcrop.refactor.model.Metadata;
import io.outcrop.refactor.model.Node;
import io.outcrop.refactor.scan.LayerIndex;
import java.util.List;
import java.util.OptionalInt;

/**
 * The root file system that layers make together: the merged view of an image. Immutable.
 *
 * <p>An entry is named by its index, from 0 to {@link #size()}, in the order of {@link FilePath}:
 * every directory comes before what is in it. The root itself is no entry, as engines do not agree
 * on its metadata. Objects are made when asked for; the view itself holds 16 bytes an entry.
 */
public final class View {

  private final List<LayerIndex> layers;
  private final int[] layerOf;
  private final int[] rowOf;
  private final int[] parents;
  private final int[] firstNames;
  private final boolean implicitDirectories;
  private final List<Ambiguity> ambiguities;

  View(
      List<LayerIndex> layers,
      int[] layerOf,
      int[] rowOf,
      int[] parents,
      boolean implicitDirectories,
      List<Ambiguity> ambiguities) {
    this.layers = List.copyOf(layers);
    this.layerOf = layerOf;
    this.rowOf = rowOf;
    this.parents = parents;
    this.implicitDirectories = implicitDirectories;
    this.ambiguities = List.copyOf(ambiguities);
    this.firstNames = HardLinks.firstNames(this.layers, layerOf, rowOf);
  }

  /** The layers this is made of, bottom first. */
  public List<LayerIndex> layers() {
    return layers;
  }

  /** What container engines would not agree on; an image with any of it is left as it is. */
  public List<Ambiguity> ambiguities() {
    return ambiguities;
  }

  /** Whether the metadata of a directory is stated nowhere, or only by a lower layer. */
  public boolean hasImplicitDirectories() {
    return implicitDirectories;
  }

  /** How many entries there are. */
  public int size() {
    return rowOf.length;
  }

  /** The index of the layer an entry comes from, 0 being the lowest. */
  public int layer(int entry) {
    return layerOf[entry];
  }

  /** The row of the entry in the index of its layer. */
  public int row(int entry) {
    return rowOf[entry];
  }

  /** The directory an entry is in; -1 at the top. */
  public int parent(int entry) {
    return parents[entry];
  }

  private LayerIndex source(int entry) {
    return layers.get(layerOf[entry]);
  }

  /** The path of an entry. */
  public FilePath path(int entry) {
    return source(entry).path(rowOf[entry]);
  }

  /** The last component of an entry's path. */
  public ByteString name(int entry) {
    return source(entry).name(rowOf[entry]);
  }

  /** The kind of file. */
  public EntryType type(int entry) {
    return source(entry).type(rowOf[entry]);
  }

  /** Whether the entry is a directory. */
  public boolean isDirectory(int entry) {
    return source(entry).isDirectory(rowOf[entry]);
  }

  /** The metadata; names of the same file have the same. */
  public Metadata metadata(int entry) {
    return source(entry).metadata(rowOf[entry]);
  }

  /** The length of a regular file's content in bytes; 0 for all else. */
  public long length(int entry) {
    return source(entry).length(rowOf[entry]);
  }

  /** The bytes of content that the entry adds to a layer: none for one more name of a file. */
  public long storedLength(int entry) {
    return isHardLink(entry) ? 0 : length(entry);
  }

  /**
   * The hash of a regular file's content.
   *
   * @throws IllegalArgumentException if the entry is no regular file
   */
  public ContentHash content(int entry) {
    return source(entry).content(rowOf[entry]);
  }

  /**
   * The smallest of the entries that are names of the same file: the entry itself, unless it is a
   * hard link of one before.
   */
  public int firstName(int entry) {
    return firstNames.length == 0 ? entry : firstNames[entry];
  }

  /** Whether the entry is one more name of an entry before it. */
  public boolean isHardLink(int entry) {
    return firstName(entry) != entry;
  }

  /** What is at the path; a {@link Node.HardLink} for a name of an entry before. */
  public Node node(int entry) {
    int first = firstName(entry);
    return first == entry
        ? source(entry).node(rowOf[entry])
        : new Node.HardLink(type(entry), path(first));
  }

  /** An entry as a value. */
  public Entry entry(int entry) {
    return new Entry(path(entry), metadata(entry), node(entry));
  }

  /** Looks up a path, in logarithmic time. */
  public OptionalInt find(FilePath path) {
    int low = 0;
    int high = size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = path(middle).compareTo(path);
      if (order == 0) {
        return OptionalInt.of(middle);
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return OptionalInt.empty();
  }
}
