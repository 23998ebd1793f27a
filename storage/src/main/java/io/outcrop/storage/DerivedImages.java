package io.outcrop.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.outcrop.oci.Digest;
import io.outcrop.storage.DerivedImage.Made;
import io.outcrop.storage.DerivedImage.Part;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * Images that were made here of others: what of what, and enough to make their parts again. Their
 * documents are kept here too, as nobody else has them; their layers are ordinary content. Blocks
 * on the disk; thread-safe.
 */
public final class DerivedImages {

  /*
   * Keys, the letter first:
   *   i source NUL recipe      the image
   *   r root NUL source NUL recipe    nothing: finds an image by its root
   *   p part NUL source NUL recipe    nothing: finds images by a part of them
   *   d digest                 a document
   *   k any                    what the maker wants to know again
   */

  private static final byte[] NOTHING = {};

  private final MetadataStore metadata;
  // A document may belong to several images: none is put while one that has it is removed.
  private final ReentrantLock changing = new ReentrantLock();

  DerivedImages(MetadataStore metadata) {
    this.metadata = metadata;
  }

  /** What came of making something of an image, if that was tried. */
  public Optional<DerivedImage> find(Digest source, String recipe) throws StoreException {
    return image(bytes(name(source, recipe)));
  }

  /** The image with a root that was made here. */
  public Optional<DerivedImage> withRoot(Digest root) throws StoreException {
    List<DerivedImage> found = named('r', root);
    return found.isEmpty() ? Optional.empty() : Optional.of(found.getFirst());
  }

  /** The images that have a part, the root included. */
  public List<DerivedImage> withPart(Digest part) throws StoreException {
    return named('p', part);
  }

  /** All of them. Not while somebody waits. */
  public List<DerivedImage> all() throws StoreException {
    List<DerivedImage> images = new ArrayList<>();
    byte[] prefix = bytes("i");
    metadata.scan(
        Table.DERIVED,
        prefix,
        prefix,
        (key, value) -> {
          images.add(DerivedImage.decode(value));
          return true;
        });
    return images;
  }

  /** A document of an image that was made here. */
  public Optional<byte[]> document(Digest digest) throws StoreException {
    return metadata.getUncached(Table.DERIVED, bytes("d" + digest));
  }

  /**
   * Keeps an image, all at once, in place of what came of it before. When this returns, no loss of
   * power takes it back, nor what was written before.
   *
   * @param documents the manifests, indexes and configurations among its parts
   */
  public void put(DerivedImage image, Map<Digest, byte[]> documents) throws StoreException {
    Batch batch = new Batch();
    String name = name(image.source(), image.recipe());
    batch.put(Table.DERIVED, bytes('i' + name), image.encoded());
    if (image.result() instanceof Made made) {
      batch.put(Table.DERIVED, bytes("r" + made.root() + '\0' + name), NOTHING);
      for (Part part : made.parts()) {
        batch.put(Table.DERIVED, bytes("p" + part.digest() + '\0' + name), NOTHING);
      }
    }
    documents.forEach(
        (digest, document) -> batch.put(Table.DERIVED, bytes("d" + digest), document));
    changing.lock();
    try {
      metadata.write(batch, /* durably= */ true);
    } finally {
      changing.unlock();
    }
  }

  /** Forgets an image; its parts can no longer be made again, but for those of other images. */
  public void remove(DerivedImage image) throws StoreException {
    String name = name(image.source(), image.recipe());
    Batch batch = new Batch().delete(Table.DERIVED, bytes('i' + name));
    changing.lock();
    try {
      if (image.result() instanceof Made made) {
        batch.delete(Table.DERIVED, bytes("r" + made.root() + '\0' + name));
        for (Part part : made.parts()) {
          batch.delete(Table.DERIVED, bytes("p" + part.digest() + '\0' + name));
          if (named('p', part.digest()).size() == 1) {
            batch.delete(Table.DERIVED, bytes("d" + part.digest()));
          }
        }
      }
      metadata.write(batch);
    } finally {
      changing.unlock();
    }
  }

  /** What the maker wanted to know again. */
  public Optional<byte[]> note(String key) throws StoreException {
    return metadata.get(Table.DERIVED, bytes("k" + key));
  }

  /** Keeps something that the maker wants to know again. */
  public void note(String key, byte[] value) throws StoreException {
    metadata.write(new Batch().put(Table.DERIVED, bytes("k" + key), value));
  }

  /**
   * Forgets notes that nothing needs any more. None may be kept meanwhile that counts as unneeded.
   *
   * @param unneeded judges by what was kept
   */
  public void forgetNotes(Predicate<byte[]> unneeded) throws StoreException {
    Batch batch = new Batch();
    byte[] prefix = bytes("k");
    metadata.scan(
        Table.DERIVED,
        prefix,
        prefix,
        (key, value) -> {
          if (unneeded.test(value)) {
            batch.delete(Table.DERIVED, key);
          }
          return true;
        });
    metadata.write(batch);
  }

  private List<DerivedImage> named(char kind, Digest digest) throws StoreException {
    byte[] prefix = bytes(kind + digest.toString() + '\0');
    List<byte[]> names = new ArrayList<>();
    metadata.scan(
        Table.DERIVED,
        prefix,
        prefix,
        (key, value) -> {
          names.add(Arrays.copyOfRange(key, prefix.length, key.length));
          return true;
        });
    List<DerivedImage> images = new ArrayList<>();
    for (byte[] name : names) {
      image(name).ifPresent(images::add);
    }
    return images;
  }

  private Optional<DerivedImage> image(byte[] name) throws StoreException {
    byte[] key = new byte[name.length + 1];
    key[0] = 'i';
    System.arraycopy(name, 0, key, 1, name.length);
    return metadata.get(Table.DERIVED, key).map(DerivedImage::decode);
  }

  private static String name(Digest source, String recipe) {
    return source.toString() + '\0' + recipe;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
