package io.outcrop.bench.refactor;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All images of a layout as root file systems. File contents are on disk; the rest is held in
 * memory, about 500 bytes for each entry of each different layer.
 *
 * @param trees for each image its entries, in the order of their paths
 */
record Corpus(List<ImageLayout.Image> images, List<List<Entry>> trees) {

  static Corpus read(ImageLayout layout, ContentSpool spool) throws IOException {
    List<ImageLayout.Image> images = layout.images();
    Map<String, LayerContent> layers = new HashMap<>();
    List<List<Entry>> trees = new ArrayList<>();
    for (ImageLayout.Image image : images) {
      Tree tree = new Tree();
      for (ImageLayout.Layer layer : image.layers()) {
        LayerContent content = layers.get(layer.digest());
        if (content == null) {
          try (InputStream archive = layout.open(layer)) {
            content = LayerContent.read(archive, spool);
          } catch (IOException e) {
            throw new IOException(
                image.name() + ", layer " + layer.digest() + ": " + e.getMessage(), e);
          }
          layers.put(layer.digest(), content);
        }
        tree.add(content);
      }
      trees.add(tree.entries());
    }
    return new Corpus(images, trees);
  }

  /** The images as they are. */
  Layering original() {
    List<List<Part>> parts = new ArrayList<>();
    for (ImageLayout.Image image : images) {
      parts.add(
          image.layers().stream()
              .map(layer -> new Part(key(layer.digest()), layer.size()))
              .toList());
    }
    return new Layering("original", parts);
  }

  /**
   * What would be stored if nothing that is equal were stored twice: an archive for each sharing
   * class.
   */
  Layering bound(Identity identity, ArchiveSizes sizes) throws IOException, InterruptedException {
    List<SharingClass> classes = SharingClass.of(trees, identity);
    List<Part> archives = sizes.of(classes.stream().map(SharingClass::entries).toList());
    List<List<Part>> parts = new ArrayList<>();
    for (int image = 0; image < images.size(); image++) {
      List<Part> held = new ArrayList<>();
      for (int i = 0; i < archives.size(); i++) {
        if (classes.get(i).images().get(image)) {
          // Archives of two classes can be alike where their entries differ in what does not count.
          held.add(new Part(new Key(i, 0, 0, 0), archives.get(i).bytes()));
        }
      }
      parts.add(held);
    }
    return new Layering("bound: " + identity.description(), parts);
  }

  /** The images as a grouping cuts them. */
  Layering grouped(Grouping grouping, ContentSpool spool, ArchiveSizes sizes)
      throws IOException, InterruptedException {
    List<List<Part>> parts = new ArrayList<>();
    for (List<Entry> tree : trees) {
      parts.add(sizes.of(grouping.layers(PackagedTree.of(tree, spool))));
    }
    return new Layering(grouping.name(), parts);
  }

  /** Different entries of the different root file systems. */
  int differentEntries() {
    Set<Key> keys = new HashSet<>();
    trees.forEach(tree -> tree.forEach(entry -> Identity.STRICT.of(entry).ifPresent(keys::add)));
    return keys.size();
  }

  private static Key key(String digest) {
    var hash = Digests.sha256();
    Digests.put(hash, digest);
    return Key.of(hash);
  }
}
