package io.outcrop.proxy.refactor;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.resolve.MadeContent;
import io.outcrop.proxy.resolve.Outcome;
import io.outcrop.proxy.resolve.ServedManifest;
import io.outcrop.storage.ContentInfo.Origin;
import io.outcrop.storage.ContentStore;
import io.outcrop.storage.DerivedImage;
import io.outcrop.storage.DerivedImage.Kind;
import io.outcrop.storage.DerivedImage.Made;
import io.outcrop.storage.DerivedImage.Part;
import io.outcrop.storage.Link;
import io.outcrop.storage.LinkState;
import io.outcrop.storage.StoreException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was made here, to whom it may be given. A part of a made image can be read through the
 * repositories whose image has it, and no others: links say which, as for all private content.
 * Thread-safe; may block on the disk.
 */
final class MadeImages implements MadeContent {

  private static final Logger LOG = LoggerFactory.getLogger(MadeImages.class);

  private final ContentStore store;

  MadeImages(ContentStore store) {
    this.store = store;
  }

  @Override
  public OptionalLong size(Repository repository, Digest digest) throws StoreException {
    Optional<Owned> owned = find(repository, digest);
    return owned.isPresent() ? OptionalLong.of(owned.get().part.size()) : OptionalLong.empty();
  }

  @Override
  public Optional<ServedManifest> manifest(Repository repository, Digest digest)
      throws StoreException {
    Optional<Owned> owned = find(repository, digest);
    return owned.isPresent() && owned.get().part.kind() == Kind.DOCUMENT
        ? document(repository, digest, owned.get().part.mediaType())
        : Optional.empty();
  }

  /** A manifest or index that was made here, brought back into the store if it is not there. */
  private Optional<ServedManifest> document(
      Repository repository, Digest digest, MediaType mediaType) throws StoreException {
    Optional<byte[]> held = store.bytes(digest);
    Optional<byte[]> bytes = held.isPresent() ? held : store.derived().document(digest);
    if (held.isEmpty() && bytes.isPresent()) {
      try {
        store.put(
            digest,
            bytes.get(),
            mediaType,
            Origin.PRIVATE,
            List.of(new Link(repository, digest, LinkState.PROVEN)));
      } catch (IOException e) {
        LOG.warn("{} is served but not kept: {}", digest, e.getMessage());
      }
    }
    return bytes.map(
        found -> new ServedManifest(digest, mediaType, found, Outcome.HIT, Optional.empty()));
  }

  /** A part of an image that was made of one of this repository. */
  Optional<Owned> find(Repository repository, Digest digest) throws StoreException {
    if (!mayRead(repository, digest)) {
      return Optional.empty();
    }
    for (DerivedImage image : store.derived().withPart(digest)) {
      if (image.result() instanceof Made made && mayRead(repository, made.root())) {
        for (Part part : made.parts()) {
          if (part.digest().equals(digest)) {
            return Optional.of(new Owned(image, part));
          }
        }
      }
    }
    return Optional.empty();
  }

  /** Whether a repository is known to have something. */
  boolean mayRead(Repository repository, Digest digest) throws StoreException {
    return store.directory().link(repository, digest) == LinkState.PROVEN;
  }

  /** All that belongs to a made image; of one for several platforms, the images it lists too. */
  List<Part> parts(Made made) throws StoreException {
    List<Part> parts = new ArrayList<>(made.parts());
    for (Part part : made.parts()) {
      if (part.kind() == Kind.DOCUMENT && !part.digest().equals(made.root())) {
        Optional<DerivedImage> child = store.derived().withRoot(part.digest());
        if (child.isPresent() && child.get().result() instanceof Made image) {
          parts.addAll(image.parts());
        }
      }
    }
    return parts;
  }

  /** Lets a made image be read through a repository that may read what it was made of. */
  void give(Repository repository, Made made) throws StoreException {
    List<Link> links = new ArrayList<>();
    for (Part part : parts(made)) {
      links.add(new Link(repository, part.digest(), LinkState.PROVEN));
    }
    store.directory().link(links);
  }

  /**
   * A part of a made image.
   *
   * @param image what it is part of
   * @param part itself
   */
  record Owned(DerivedImage image, Part part) {}
}
