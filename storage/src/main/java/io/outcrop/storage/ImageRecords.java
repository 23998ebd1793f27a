package io.outcrop.storage;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.oci.InvalidManifestException;
import io.outcrop.oci.ManifestParser;
import io.outcrop.oci.MediaType;
import io.outcrop.storage.cache.StackArc;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Which layers make up an image, as the manifests held say: for the policy, and in the database, so
 * that no manifest has to be read again at start-up. Thread-safe.
 *
 * <p>Only layers that are large content count: small content never competes with them.
 */
final class ImageRecords {

  /** An image came to be known, or its manifest is gone. */
  private record News(Digest manifest, Optional<List<Digest>> layers) {}

  private final MetadataStore metadata;
  // A queue, as the policy belongs to another pool than manifests, and no two locks are ever taken.
  private final Queue<News> news = new ConcurrentLinkedQueue<>();

  ImageRecords(MetadataStore metadata) {
    this.metadata = metadata;
  }

  /** The layers of an image manifest; empty if the document is none, or has none that count. */
  static Optional<List<Digest>> layers(byte[] document, Optional<MediaType> mediaType) {
    if (mediaType.isEmpty() || !mediaType.get().isImage()) {
      return Optional.empty();
    }
    try {
      List<Digest> layers =
          ManifestParser.parse(document, mediaType.get())
              .children()
              .filter(ImageRecords::counts)
              .map(Descriptor::digest)
              .distinct()
              .toList();
      return layers.isEmpty() ? Optional.empty() : Optional.of(layers);
    } catch (InvalidManifestException e) {
      return Optional.empty(); // Content is kept as it is, whether or not it can be read.
    }
  }

  /** Adds to the batch that makes a manifest resident. */
  static void put(Batch batch, Digest manifest, List<Digest> layers) {
    ByteBuffer value = ByteBuffer.allocate(layers.stream().mapToInt(DigestCodec::length).sum());
    layers.forEach(layer -> DigestCodec.put(value, layer));
    batch.put(Table.STACK, DigestCodec.encode(manifest), value.array());
  }

  /** Adds to the batch by which content is no longer resident. */
  static void delete(Batch batch, Digest manifest) {
    batch.delete(Table.STACK, DigestCodec.encode(manifest));
  }

  void known(Digest manifest, List<Digest> layers) {
    news.add(new News(manifest, Optional.of(layers)));
  }

  void gone(Digest manifest) {
    news.add(new News(manifest, Optional.empty()));
  }

  /** Tells the policy what has come since the last time. */
  void tell(StackArc policy) {
    for (News item = news.poll(); item != null; item = news.poll()) {
      if (item.layers.isPresent()) {
        policy.image(item.manifest, item.layers.get());
      } else {
        policy.imageForgotten(item.manifest);
      }
    }
  }

  /** Tells the policy what the database has, at start-up. */
  void restore(ContentIndex index, SpaceLedger<StackArc> pool) throws StoreException {
    Batch stale = new Batch();
    metadata.scan(
        Table.STACK,
        new byte[0],
        new byte[0],
        (key, value) -> {
          Digest manifest = DigestCodec.decode(key);
          if (index.get(manifest) == null) {
            stale.delete(Table.STACK, key);
          } else {
            pool.tell(policy -> policy.image(manifest, decode(value)));
          }
          return true;
        });
    metadata.write(stale);
  }

  private static List<Digest> decode(byte[] value) {
    ByteBuffer layers = ByteBuffer.wrap(value);
    List<Digest> digests = new ArrayList<>();
    while (layers.hasRemaining()) {
      digests.add(DigestCodec.get(layers));
    }
    return digests;
  }

  /** Whether a child competes for room with layers, and can be had at all. */
  private static boolean counts(Descriptor child) {
    return child.size() > ContentStore.SMALL_BYTES && child.urls().isEmpty();
  }
}
