package io.outcrop.refactor.view;

import io.outcrop.refactor.model.Ambiguity;
import io.outcrop.refactor.scan.LayerIndex;
import io.outcrop.refactor.scan.NameHash;
import io.outcrop.refactor.scan.NameTree;
import io.outcrop.refactor.scan.PathOrder;
import java.util.Arrays;
import java.util.List;

/**
 * The places of a root file system while layers are laid over each other. A place is a number for a
 * path that any layer has; what is there now is a row of some layer, or nothing.
 */
final class MergedTree implements NameTree {

  private static final int NONE = ABSENT;

  private final List<LayerIndex> layers;
  private int size;
  private int[] parents = new int[256];
  private int[] firstChildren = new int[256];
  private int[] nextSiblings = new int[256];
  // A layer and row that have the name of the place.
  private int[] nameLayers = new int[256];
  private int[] nameRows = new int[256];
  private int[] currentLayers = new int[256];
  private int[] currentRows = new int[256];
  // Open addressing, linear probing; a slot holds a place plus one.
  private int[] slots = new int[1 << 8];
  private int bits = 8;

  MergedTree(List<LayerIndex> layers) {
    this.layers = layers;
    append(NONE, NONE, NONE);
  }

  /** The place of a row's name in a directory. */
  int place(int directory, int layer, int row) {
    LayerIndex index = layers.get(layer);
    int slot = NameHash.slot(directory, index.nameHash(row), bits);
    while (slots[slot] != 0) {
      int place = slots[slot] - 1;
      if (parents[place] == directory && nameIs(place, index, row)) {
        return place;
      }
      slot = (slot + 1) & (slots.length - 1);
    }
    int place = append(directory, layer, row);
    nextSiblings[place] = firstChildren[directory];
    firstChildren[directory] = place;
    slots[slot] = place + 1;
    if (size > slots.length >> 1) {
      grow();
    }
    return place;
  }

  private boolean nameIs(int place, LayerIndex index, int row) {
    return layers.get(nameLayers[place]).sameName(nameRows[place], index, row);
  }

  private int append(int directory, int layer, int row) {
    if (size == parents.length) {
      int larger = size + (size >> 1);
      parents = Arrays.copyOf(parents, larger);
      firstChildren = Arrays.copyOf(firstChildren, larger);
      nextSiblings = Arrays.copyOf(nextSiblings, larger);
      nameLayers = Arrays.copyOf(nameLayers, larger);
      nameRows = Arrays.copyOf(nameRows, larger);
      currentLayers = Arrays.copyOf(currentLayers, larger);
      currentRows = Arrays.copyOf(currentRows, larger);
    }
    parents[size] = directory;
    firstChildren[size] = NONE;
    nextSiblings[size] = NONE;
    nameLayers[size] = layer;
    nameRows[size] = row;
    currentLayers[size] = NONE;
    currentRows[size] = NONE;
    return size++;
  }

  private void grow() {
    bits++;
    slots = new int[1 << bits];
    for (int place = ROOT + 1; place < size; place++) {
      long hash = layers.get(nameLayers[place]).nameHash(nameRows[place]);
      int slot = NameHash.slot(parents[place], hash, bits);
      while (slots[slot] != 0) {
        slot = (slot + 1) & (slots.length - 1);
      }
      slots[slot] = place + 1;
    }
  }

  @Override
  public int firstChild(int directory) {
    return firstChildren[directory];
  }

  @Override
  public int nextSibling(int place) {
    return nextSiblings[place];
  }

  @Override
  public int compareNames(int place, int other) {
    return layers
        .get(nameLayers[place])
        .compareNames(nameRows[place], layers.get(nameLayers[other]), nameRows[other]);
  }

  boolean isPresent(int place) {
    return currentLayers[place] != NONE;
  }

  boolean isDirectory(int place) {
    return isPresent(place) && layers.get(currentLayers[place]).isDirectory(currentRows[place]);
  }

  /** Puts a row in its place: a directory over a directory keeps what is in it. */
  void put(int place, int layer, int row) {
    if (isDirectory(place) && !layers.get(layer).isDirectory(row)) {
      clear(place);
    }
    currentLayers[place] = layer;
    currentRows[place] = row;
  }

  /** Removes what is in a place, with all below. */
  void remove(int place) {
    if (isDirectory(place)) {
      clear(place);
    }
    currentLayers[place] = NONE;
  }

  /** Removes all below a place, but not what is in it. */
  void clear(int place) {
    int at = firstChildren[place];
    while (at != NONE) {
      boolean descend = isDirectory(at);
      currentLayers[at] = NONE;
      at = descend && firstChildren[at] != NONE ? firstChildren[at] : next(at, place);
    }
  }

  /** The place after one in a walk below a top, leaving out what is below that one. */
  private int next(int place, int top) {
    int at = place;
    while (at != top && nextSiblings[at] == NONE) {
      at = parents[at];
    }
    return at == top ? NONE : nextSiblings[at];
  }

  View view(boolean implicitDirectories, List<Ambiguity> ambiguities) {
    int[] order = new PathOrder(this, this::isPresent).paths();
    int[] entryOf = new int[size];
    entryOf[ROOT] = NONE;
    int[] layerOf = new int[order.length];
    int[] rowOf = new int[order.length];
    int[] parentOf = new int[order.length];
    for (int entry = 0; entry < order.length; entry++) {
      int place = order[entry];
      entryOf[place] = entry;
      layerOf[entry] = currentLayers[place];
      rowOf[entry] = currentRows[place];
      parentOf[entry] = entryOf[parents[place]];
    }
    return new View(layers, layerOf, rowOf, parentOf, implicitDirectories, ambiguities);
  }
}
