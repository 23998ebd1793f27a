package io.outcrop.proxy.images;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.oci.InvalidManifestException;
import io.outcrop.oci.ManifestParser;
import io.outcrop.oci.MediaType;
import io.outcrop.oci.Tag;
import io.outcrop.proxy.names.ImageReference;
import io.outcrop.storage.ContentInfo;
import io.outcrop.storage.ContentStore;
import io.outcrop.storage.Reason;
import io.outcrop.storage.RecordKey;
import io.outcrop.storage.StoreException;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes images and content out of the store, as an operator wants. What is pinned stays, and what
 * other held images share. Blocks; thread-safe.
 */
public final class ImageEviction {

  private static final Logger LOG = LoggerFactory.getLogger(ImageEviction.class);

  private final ContentStore store;
  private final ImageCatalog catalog;

  /** Takes out of a store. */
  public ImageEviction(ContentStore store, ImageCatalog catalog) {
    this.store = store;
    this.catalog = catalog;
  }

  /**
   * Takes out an image: its documents, and what no other held image consists of.
   *
   * @return empty if it is not held
   * @throws PinnedException if it is pinned
   */
  public Optional<Evicted> evict(ImageReference image)
      throws ImageException, PinnedException, IOException {
    Optional<Digest> root = catalog.root(image);
    if (root.isEmpty()) {
      return Optional.empty();
    }
    refusePinned(image.toString(), root.get());
    ImageParts parts = catalog.parts(image.repository(), root.get());
    Set<Digest> own = new HashSet<>(parts.sizes().keySet());
    Set<Digest> shared = sharedWithOthers(own);
    int evicted = 0;
    long bytes = 0;
    int kept = 0;
    // Blobs first: what names them goes only when there is nothing left to name.
    for (ImagePart part : parts.parts().reversed()) {
      Digest digest = part.digest();
      long size = store.info(digest).map(ContentInfo::size).orElse(0L);
      if (shared.contains(digest) || store.pins().isPinned(digest)) {
        kept += store.info(digest).isPresent() ? 1 : 0;
      } else if (store.evict(digest, Reason.OPERATOR)) {
        evicted++;
        bytes += size;
      }
    }
    if (image.reference() instanceof Tag tag) {
      store.directory().forget(new RecordKey.OfTag(image.repository(), tag));
    }
    return Optional.of(new Evicted(evicted, bytes, kept));
  }

  /**
   * Takes out one piece of content.
   *
   * @return empty if it is not held
   * @throws PinnedException if it is pinned
   */
  public Optional<Evicted> evict(Digest content) throws PinnedException, StoreException {
    long size = store.info(content).map(ContentInfo::size).orElse(0L);
    refusePinned(content.toString(), content);
    return store.evict(content, Reason.OPERATOR)
        ? Optional.of(new Evicted(1, size, 0))
        : Optional.empty();
  }

  private void refusePinned(String what, Digest content) throws PinnedException {
    List<String> pins = store.pins().of(content);
    if (!pins.isEmpty()) {
      throw new PinnedException(what, pins);
    }
  }

  /** What of some content is named by documents that are not part of it. */
  private Set<Digest> sharedWithOthers(Set<Digest> own) throws StoreException {
    Set<Digest> shared = new HashSet<>();
    for (Digest digest : store.resident()) {
      Optional<MediaType> type =
          store.info(digest).flatMap(ContentInfo::mediaType).filter(ImageGraph::isDocument);
      if (type.isEmpty() || own.contains(digest)) {
        continue;
      }
      Optional<byte[]> bytes = store.bytes(digest);
      if (bytes.isPresent()) {
        try {
          ManifestParser.parse(bytes.get(), type.get())
              .children()
              .map(Descriptor::digest)
              .filter(own::contains)
              .forEach(shared::add);
        } catch (InvalidManifestException e) {
          LOG.debug("{} cannot be read: {}", digest, e.getMessage());
        }
      }
    }
    return shared;
  }

  /**
   * What was taken out.
   *
   * @param pieces how many pieces
   * @param bytes bytes of these
   * @param keptPieces pieces that belong to the image and stay, as they are shared or pinned
   */
  public record Evicted(int pieces, long bytes, int keptPieces) {}
}
