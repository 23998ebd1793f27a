package io.outcrop.proxy.resolve;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import io.outcrop.oci.Tag;
import io.outcrop.proxy.upstream.FetchedManifest;
import io.outcrop.proxy.upstream.ManifestHead;
import io.outcrop.proxy.upstream.Upstream;
import io.outcrop.proxy.upstream.UpstreamException;
import io.outcrop.storage.ContentInfo;
import io.outcrop.storage.ContentInfo.Origin;
import io.outcrop.storage.ContentStore;
import io.outcrop.storage.Link;
import io.outcrop.storage.LinkState;
import io.outcrop.storage.MutableRecord;
import io.outcrop.storage.RecordKey;
import io.outcrop.storage.StoreException;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings manifests from an upstream into the store. Blocks; thread-safe. A store that cannot take
 * them costs the next request, not this one.
 */
final class ManifestFetcher {

  private static final Logger LOG = LoggerFactory.getLogger(ManifestFetcher.class);

  private final ContentStore store;
  private final Upstreams upstreams;
  private final InstantSource clock;

  ManifestFetcher(ContentStore store, Upstreams upstreams, InstantSource clock) {
    this.store = store;
    this.upstreams = upstreams;
    this.clock = clock;
  }

  /** A manifest that is resident. */
  Optional<ServedManifest> held(Digest digest, Outcome outcome) throws StoreException {
    Optional<ContentInfo> info = store.info(digest);
    if (info.isEmpty() || info.get().mediaType().isEmpty()) {
      return Optional.empty();
    }
    return store
        .bytes(digest)
        .map(bytes ->
            new ServedManifest(
                digest, info.get().mediaType().get(), bytes, outcome, Optional.empty()));
  }

  /** Fetches by digest; where the bytes are here, only asks whether the repository has them too. */
  ServedManifest byDigest(Repository repository, Digest digest)
      throws UpstreamException, IOException {
    Upstream upstream = upstreams.of(repository);
    Optional<ServedManifest> held = held(digest, Outcome.REVALIDATED);
    if (held.isPresent()) {
      var _ = upstream.headManifest(repository.name(), digest);
      link(repository, digest);
      return held.get();
    }
    return store(repository, upstream.getManifest(repository.name(), digest));
  }

  /** Learns what a tag means now, fetching only what is not held. */
  ServedManifest byTag(Repository repository, Tag tag) throws UpstreamException, IOException {
    RecordKey key = new RecordKey.OfTag(repository, tag);
    try {
      ServedManifest manifest = current(repository, tag, store.directory().record(key));
      remember(key, manifest.digest());
      return manifest;
    } catch (UpstreamException.NotFound e) {
      store.directory().forget(key);
      throw e;
    }
  }

  private ServedManifest current(Repository repository, Tag tag, Optional<MutableRecord> known)
      throws UpstreamException, IOException {
    Upstream upstream = upstreams.of(repository);
    if (known.isEmpty() || store.info(known.get().digest()).isEmpty()) {
      return store(repository, upstream.getManifest(repository.name(), tag));
    }
    return switch (upstream.headManifest(repository.name(), tag)) {
      case ManifestHead.WithBody(FetchedManifest manifest) -> store(repository, manifest);
      case ManifestHead.HeadOnly head -> {
        Outcome outcome =
            head.digest().equals(known.get().digest()) ? Outcome.REVALIDATED : Outcome.MISS;
        Optional<ServedManifest> held = held(head.digest(), outcome);
        if (held.isPresent()) {
          link(repository, head.digest());
          yield held.get();
        }
        yield store(repository, upstream.getManifest(repository.name(), head.digest()));
      }
    };
  }

  private ServedManifest store(Repository repository, FetchedManifest fetched) {
    List<Link> links = new ArrayList<>();
    links.add(new Link(repository, fetched.digest(), LinkState.PROVEN));
    fetched
        .manifest()
        .children()
        .forEach(child -> links.add(new Link(repository, child.digest(), LinkState.CLAIMED)));
    Origin origin = fetched.anonymous() ? Origin.PUBLIC : Origin.PRIVATE;
    try {
      store.put(fetched.digest(), fetched.bytes(), fetched.mediaType(), origin, links);
    } catch (IOException e) {
      LOG.warn("manifest {} is served but not kept: {}", fetched.digest(), e.getMessage());
    }
    return new ServedManifest(
        fetched.digest(), fetched.mediaType(), fetched.bytes(), Outcome.MISS, Optional.empty());
  }

  private void remember(RecordKey key, Digest digest) {
    try {
      store.directory().record(key, new MutableRecord(digest, clock.instant()));
    } catch (StoreException e) {
      LOG.warn("{} is served but not remembered: {}", key, e.getMessage());
    }
  }

  private void link(Repository repository, Digest digest) {
    try {
      store.directory().link(List.of(new Link(repository, digest, LinkState.PROVEN)));
    } catch (StoreException e) {
      LOG.warn("{} of {} is served but not remembered: {}", digest, repository, e.getMessage());
    }
  }
}
