package io.outcrop.proxy.transfer;

import io.outcrop.oci.Digest;
import io.outcrop.oci.InvalidManifestException;
import io.outcrop.oci.Manifest;
import io.outcrop.oci.ManifestParser;
import io.outcrop.oci.MediaType;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.fill.Fill;
import io.outcrop.proxy.fill.Fills;
import io.outcrop.proxy.fill.Incoming;
import io.outcrop.proxy.fill.Received;
import io.outcrop.proxy.fill.ResidentContent;
import io.outcrop.storage.ContentInfo;
import io.outcrop.storage.ContentInfo.Origin;
import io.outcrop.storage.ContentStore;
import io.outcrop.storage.Link;
import io.outcrop.storage.LinkState;
import io.outcrop.storage.StoreException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Content given away and taken in as it is held, without any upstream being asked. Blocks;
 * thread-safe.
 */
public final class ContentTransfer {

  private final ContentStore store;
  private final Fills fills;

  /** Gives from and takes into a store. */
  public ContentTransfer(ContentStore store, Fills fills) {
    this.store = store;
    this.fills = fills;
  }

  /**
   * What is known of content, if it is held.
   *
   * @param repositories only if each of these may be given it without its upstream being asked: so
   *     nobody gets at private content by naming it in a manifest of his own
   */
  public Optional<ContentInfo> info(Digest digest, List<Repository> repositories)
      throws StoreException {
    Optional<ContentInfo> info = store.info(digest);
    if (info.isPresent() && info.get().origin() == Origin.PRIVATE) {
      for (Repository repository : repositories) {
        if (store.directory().link(repository, digest) != LinkState.PROVEN) {
          return Optional.empty();
        }
      }
    }
    return info;
  }

  /** Content, if it is held; otherwise as {@link #info}. */
  public Optional<HeldContent> open(Digest digest, List<Repository> repositories)
      throws StoreException {
    Optional<ContentInfo> info = info(digest, repositories);
    if (info.isEmpty()) {
      return Optional.empty();
    }
    return store.isFile(digest)
        ? store
            .open(digest)
            .map(file ->
                new HeldContent.InFile(info.get(), new ResidentContent(file, info.get().size())))
        : store.bytes(digest).map(bytes -> new HeldContent.InMemory(info.get(), bytes));
  }

  /** Bytes that are there of a blob that is not held, for who brings it to go on behind. */
  public long partialLength(Digest digest) throws IOException {
    Optional<Fill> running = fills.running(digest);
    return running.isPresent() ? running.get().available() : store.partialLength(digest);
  }

  /**
   * Takes in a blob.
   *
   * @param repositories where it is from, one at least
   * @throws io.outcrop.storage.DigestMismatchException if the bytes are wrong; none are kept
   * @throws io.outcrop.storage.InsufficientSpaceException if it cannot be kept
   */
  public Received blob(List<Repository> repositories, Digest digest, Incoming incoming)
      throws IOException {
    return fills.receive(repositories, digest, incoming);
  }

  /**
   * Takes in a manifest, and with it what it says its repositories hold.
   *
   * @param repositories where it is from, one at least
   * @throws InvalidManifestException if it is not of a form that can be served
   * @throws io.outcrop.storage.DigestMismatchException if the bytes are wrong
   * @throws io.outcrop.storage.InsufficientSpaceException if it cannot be kept
   */
  public Received manifest(
      List<Repository> repositories,
      Digest digest,
      MediaType mediaType,
      Origin origin,
      byte[] bytes)
      throws IOException, InvalidManifestException {
    Manifest manifest = ManifestParser.parse(bytes, mediaType);
    List<Link> links = new ArrayList<>();
    for (Repository repository : repositories) {
      links.add(new Link(repository, digest, LinkState.PROVEN));
      manifest
          .children()
          .forEach(child -> links.add(new Link(repository, child.digest(), LinkState.CLAIMED)));
    }
    boolean held = store.info(digest).isPresent();
    store.put(digest, bytes, mediaType, origin, links);
    return held ? new Received.Held() : new Received.Stored();
  }
}
