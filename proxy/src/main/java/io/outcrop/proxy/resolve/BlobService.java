package io.outcrop.proxy.resolve;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.fill.BlobContent;
import io.outcrop.proxy.fill.Fill;
import io.outcrop.proxy.fill.Fills;
import io.outcrop.proxy.fill.ResidentContent;
import io.outcrop.proxy.upstream.UpstreamException;
import io.outcrop.storage.ContentInfo;
import io.outcrop.storage.ContentInfo.Origin;
import io.outcrop.storage.ContentStore;
import io.outcrop.storage.InsufficientSpaceException;
import io.outcrop.storage.Link;
import io.outcrop.storage.LinkState;
import io.outcrop.storage.StoreException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Blobs by digest: from what is held, from what is on its way, else from the upstream. Thread-safe.
 */
public final class BlobService {

  private static final Logger LOG = LoggerFactory.getLogger(BlobService.class);
  private static final int TRIES = 4;

  private final ContentStore store;
  private final Upstreams upstreams;
  private final Fills fills;
  private final SingleFlight<BlobKey, Long> heads;
  private final MadeContent made;
  private final Absences<BlobKey> absences = new Absences<>();

  /**
   * @param made what no upstream has
   * @param threads runs what blocks
   */
  public BlobService(
      ContentStore store, Upstreams upstreams, Fills fills, MadeContent made, Executor threads) {
    this.store = store;
    this.upstreams = upstreams;
    this.fills = fills;
    this.made = made;
    this.heads = new SingleFlight<>(threads);
  }

  /**
   * The blob, if it is at hand and the repository is known to hold it. Never blocks.
   *
   * @param client stands for who asks
   */
  public Optional<ServedBlob> immediately(Repository repository, Digest digest, int client) {
    Optional<ContentInfo> info = store.info(digest);
    if (info.isEmpty()
        || store
            .directory()
            .cachedLink(repository, digest)
            .filter(link -> Entitlement.granted(info.get().origin(), link))
            .isEmpty()) {
      return Optional.empty();
    }
    store.used(digest, client);
    return store.isFile(digest)
        ? store
            .openIfSound(digest)
            .map(file ->
                new ServedBlob.InFile(new ResidentContent(file, info.get().size()), Outcome.HIT))
        : store.cachedBytes(digest).map(bytes -> new ServedBlob.InMemory(bytes, Outcome.HIT));
  }

  /**
   * The blob, once its first bytes are near. Blocks.
   *
   * @param client stands for who asks
   * @throws UpstreamException if it is not held and cannot be had
   * @throws IOException if the store fails
   */
  public ServedBlob get(Repository repository, Digest digest, int client)
      throws UpstreamException, IOException {
    BlobKey key = new BlobKey(repository, digest);
    // Also of what is not here: whether it is worth keeping depends on who asked for it.
    store.used(digest, client);
    for (int i = 0; i < TRIES; i++) {
      Optional<ServedBlob> held = held(repository, digest);
      if (held.isPresent()) {
        return held.get();
      }
      absences.throwIfKnown(key);
      boolean wasRunning = fills.running(digest).isPresent();
      Optional<Fill> fill = fills.ensure(repository, digest);
      if (fill.isPresent()) {
        Optional<BlobContent> content = join(repository, key, fill.get());
        if (content.isPresent()) {
          return new ServedBlob.InFile(
              content.get(), wasRunning ? Outcome.COLLAPSED : Outcome.MISS);
        }
      }
      // It came or went between two looks: look again.
    }
    throw new UpstreamException.Unavailable("blob " + digest + " is evicted as fast as it comes");
  }

  /**
   * Makes the blob resident, and the repository known to hold it. Blocks until both are so.
   *
   * @throws UpstreamException if it is not held and cannot be had
   * @throws InsufficientSpaceException if there is no room for it
   * @throws IOException if the store fails
   */
  public void hold(Repository repository, Digest digest)
      throws UpstreamException, IOException, InterruptedException {
    BlobKey key = new BlobKey(repository, digest);
    for (int i = 0; i < TRIES; i++) {
      Optional<ContentInfo> info = store.info(digest);
      if (info.isPresent()) {
        if (!entitled(repository, digest, info.get().origin())) {
          var _ = askUpstream(key);
        }
        return;
      }
      Optional<Fill> fill = fills.toKeep(repository, digest);
      if (fill.isPresent()) {
        finish(repository, key, fill.get());
      }
    }
    throw new UpstreamException.Unavailable("blob " + digest + " is evicted as fast as it comes");
  }

  /**
   * The length of the blob. Blocks.
   *
   * @throws UpstreamException if it is not held and the upstream cannot be asked
   * @throws IOException if the store fails
   */
  public long size(Repository repository, Digest digest) throws UpstreamException, IOException {
    Optional<ContentInfo> info = store.info(digest);
    if (info.isPresent() && entitled(repository, digest, info.get().origin())) {
      return info.get().size();
    }
    OptionalLong own = made.size(repository, digest);
    if (own.isPresent()) {
      return own.getAsLong();
    }
    BlobKey key = new BlobKey(repository, digest);
    absences.throwIfKnown(key);
    return askUpstream(key);
  }

  private Optional<ServedBlob> held(Repository repository, Digest digest)
      throws UpstreamException, IOException {
    Optional<ContentInfo> info = store.info(digest);
    if (info.isEmpty()) {
      return Optional.empty();
    }
    if (!entitled(repository, digest, info.get().origin())) {
      BlobKey key = new BlobKey(repository, digest);
      absences.throwIfKnown(key);
      var _ = askUpstream(key);
    }
    if (!store.isFile(digest)) {
      return store.bytes(digest).map(bytes -> new ServedBlob.InMemory(bytes, Outcome.HIT));
    }
    return store
        .open(digest)
        .map(file ->
            new ServedBlob.InFile(new ResidentContent(file, info.get().size()), Outcome.HIT));
  }

  private Optional<BlobContent> join(Repository repository, BlobKey key, Fill fill)
      throws UpstreamException, IOException {
    boolean ours = fill.repository().equals(repository);
    Origin origin;
    try {
      origin = fills.origin(fill);
    } catch (UpstreamException e) {
      if (!ours) {
        // It cannot be had under the other name under which it was asked for; it may under this.
        return Optional.empty();
      }
      if (e instanceof UpstreamException.NotFound absence) {
        absences.note(key, absence, upstreams.of(repository).config().tags().negativeFreshness());
      }
      throw e;
    }
    if (!ours && !entitled(repository, key.digest, origin)) {
      var _ = askUpstream(key);
    }
    return fills.join(fill);
  }

  private void finish(Repository repository, BlobKey key, Fill fill)
      throws UpstreamException, IOException, InterruptedException {
    try {
      fills.finish(fill);
    } catch (UpstreamException e) {
      if (fill.repository().equals(repository)) {
        if (e instanceof UpstreamException.NotFound absence) {
          absences.note(key, absence, upstreams.of(repository).config().tags().negativeFreshness());
        }
        throw e;
      }
      // It cannot be had under the other name under which it was asked for; it may under this.
    }
  }

  private boolean entitled(Repository repository, Digest digest, Origin origin)
      throws StoreException {
    return Entitlement.granted(origin, store.directory().link(repository, digest));
  }

  /** Asks whether the upstream has the blob in this repository, and notes the answer. */
  private long askUpstream(BlobKey key) throws UpstreamException, IOException {
    return SingleFlight.await(
        heads.join(
            key,
            () -> {
              try {
                long size =
                    upstreams.of(key.repository).headBlob(key.repository.name(), key.digest);
                prove(key);
                return size;
              } catch (UpstreamException.NotFound e) {
                absences.note(
                    key, e, upstreams.of(key.repository).config().tags().negativeFreshness());
                throw e;
              }
            }));
  }

  private void prove(BlobKey key) {
    try {
      store.directory().link(List.of(new Link(key.repository, key.digest, LinkState.PROVEN)));
    } catch (StoreException e) {
      LOG.warn("{} is served but not remembered: {}", key.digest, e.getMessage());
    }
  }

  private record BlobKey(Repository repository, Digest digest) {}
}
