package io.outcrop.proxy.resolve;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Reference;
import io.outcrop.oci.Repository;
import io.outcrop.oci.Tag;
import io.outcrop.proxy.config.UpstreamConfig.TagConfig;
import io.outcrop.proxy.upstream.UpstreamException;
import io.outcrop.storage.ContentInfo;
import io.outcrop.storage.ContentStore;
import io.outcrop.storage.MutableRecord;
import io.outcrop.storage.RecordKey;
import io.outcrop.storage.StoreException;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Manifests by tag and digest: from what is held where that is good enough, else from the upstream,
 * and from what is held after all where the upstream cannot be asked. Thread-safe.
 */
public final class ManifestService {

  // Long enough for a far registry, short enough for a client that waits while we hold an answer.
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final ContentStore store;
  private final Upstreams upstreams;
  private final ManifestFetcher fetcher;
  private final StandIns standIns;
  private final MadeContent made;
  private final InstantSource clock;
  private final SingleFlight<ManifestKey, ServedManifest> flights;
  private final Absences<ManifestKey> absences = new Absences<>();

  /**
   * @param made what no upstream has
   * @param threads runs what blocks
   */
  public ManifestService(
      ContentStore store,
      Upstreams upstreams,
      MadeContent made,
      InstantSource clock,
      Executor threads) {
    this.store = store;
    this.upstreams = upstreams;
    this.standIns = new StandIns(store);
    this.made = made;
    this.clock = clock;
    this.fetcher = new ManifestFetcher(store, upstreams, clock);
    this.flights = new SingleFlight<>(threads);
  }

  /**
   * The answer, if it is in memory and good enough. Never blocks.
   *
   * @param client stands for who asks
   */
  public Optional<ServedManifest> immediately(
      Repository repository, Reference reference, int client) {
    Optional<ServedManifest> found = immediately(repository, reference);
    found.ifPresent(manifest -> store.used(manifest.digest(), client));
    return found;
  }

  private Optional<ServedManifest> immediately(Repository repository, Reference reference) {
    return switch (reference) {
      case Digest digest -> {
        Optional<ContentInfo> info = store.info(digest);
        yield info.isPresent()
                && store
                    .directory()
                    .cachedLink(repository, digest)
                    .filter(link -> Entitlement.granted(info.get().origin(), link))
                    .isPresent()
            ? inMemory(digest)
            : Optional.empty();
      }
      case Tag tag -> {
        Optional<MutableRecord> record =
            store
                .directory()
                .cachedRecord(new RecordKey.OfTag(repository, tag))
                .flatMap(known -> known);
        yield record.isEmpty() ? Optional.empty() : immediately(repository, tag, record.get());
      }
    };
  }

  /**
   * The answer, however long it takes to get. Blocks.
   *
   * @param client stands for who asks
   * @throws UpstreamException if it is not held and cannot be had
   * @throws IOException if the store fails
   */
  public ServedManifest get(Repository repository, Reference reference, int client)
      throws UpstreamException, IOException {
    ServedManifest manifest =
        switch (reference) {
          case Digest digest -> byDigest(repository, digest);
          case Tag tag -> byTag(repository, tag);
        };
    if (manifest.outcome() != Outcome.MISS) { // Its arrival was its first use.
      store.used(manifest.digest(), client);
    }
    return manifest;
  }

  /** Notes that a manifest was taken by one who may now ask for what it lists. */
  public void pulled(ServedManifest manifest) {
    store.imageUsed(manifest.digest());
  }

  private Optional<ServedManifest> immediately(
      Repository repository, Tag tag, MutableRecord record) {
    Freshness freshness = freshness(repository, tag, record);
    if (freshness == Freshness.EXPIRED || standIns.find(repository, tag, record).isPresent()) {
      return Optional.empty();
    }
    Optional<ServedManifest> held = inMemory(record.digest());
    if (held.isPresent() && freshness == Freshness.REFRESH_BEHIND) {
      var _ = refresh(repository, tag);
    }
    return held;
  }

  private ServedManifest byDigest(Repository repository, Digest digest)
      throws UpstreamException, IOException {
    Optional<ContentInfo> info = store.info(digest);
    if (info.isPresent()
        && Entitlement.granted(info.get().origin(), store.directory().link(repository, digest))) {
      Optional<ServedManifest> held = fetcher.held(digest, Outcome.HIT);
      if (held.isPresent()) {
        return held.get();
      }
    }
    Optional<ServedManifest> own = made.manifest(repository, digest);
    if (own.isPresent()) {
      return own.get();
    }
    ManifestKey key = new ManifestKey(repository, digest);
    absences.throwIfKnown(key);
    return SingleFlight.await(
        flights.join(key, () -> noting(key, () -> fetcher.byDigest(repository, digest))));
  }

  private ServedManifest byTag(Repository repository, Tag tag)
      throws UpstreamException, IOException {
    Optional<MutableRecord> record = store.directory().record(new RecordKey.OfTag(repository, tag));
    Optional<ServedManifest> held =
        record.isPresent() ? fetcher.held(record.get().digest(), Outcome.HIT) : Optional.empty();
    if (record.isEmpty() || held.isEmpty()) {
      absences.throwIfKnown(new ManifestKey(repository, tag));
      return SingleFlight.await(refresh(repository, tag));
    }
    return switch (freshness(repository, tag, record.get())) {
      case FRESH -> unlessDown(repository, tag, held.get(), record.get());
      case REFRESH_BEHIND -> {
        var _ = refresh(repository, tag);
        yield unlessDown(repository, tag, held.get(), record.get());
      }
      case EXPIRED -> confirmed(repository, tag, held.get(), record.get());
    };
  }

  /** What is held, or what stands in for it while what it names could not be fetched. */
  private ServedManifest unlessDown(
      Repository repository, Tag tag, ServedManifest held, MutableRecord record)
      throws StoreException {
    Optional<Digest> standIn = standIns.find(repository, tag, record);
    return standIn.isPresent() && !upstreams.of(repository).status().healthy()
        ? stale(repository, tag, held, record, repository.namespace() + " does not answer")
        : held;
  }

  private ServedManifest stale(
      Repository repository, Tag tag, ServedManifest held, MutableRecord record, String reason)
      throws StoreException {
    Optional<Digest> standIn = standIns.find(repository, tag, record);
    Optional<ServedManifest> before =
        standIn.isPresent() ? fetcher.held(standIn.get(), Outcome.STALE) : Optional.empty();
    return before.orElse(held).stale(new Staleness(record.confirmedAt(), clock.instant(), reason));
  }

  /** Asks the upstream, and answers with what is held where that brings nothing. */
  private ServedManifest confirmed(
      Repository repository, Tag tag, ServedManifest held, MutableRecord record)
      throws UpstreamException, IOException {
    CompletableFuture<ServedManifest> refresh = refresh(repository, tag);
    try {
      var _ = refresh.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      return SingleFlight.await(refresh);
    } catch (TimeoutException e) {
      return stale(repository, tag, held, record, repository.namespace() + " is slow to answer");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UpstreamException.Unavailable("interrupted while waiting");
    } catch (ExecutionException e) {
      return switch (e.getCause()) {
        // The one answer that is an answer: the tag is gone, and so it must be here.
        case UpstreamException.NotFound gone -> throw gone;
        case UpstreamException failed ->
            stale(repository, tag, held, record, String.valueOf(failed.getMessage()));
        case null, default -> SingleFlight.await(refresh);
      };
    }
  }

  private CompletableFuture<ServedManifest> refresh(Repository repository, Tag tag) {
    ManifestKey key = new ManifestKey(repository, tag);
    return flights.join(key, () -> noting(key, () -> fetcher.byTag(repository, tag)));
  }

  private ServedManifest noting(ManifestKey key, SingleFlight.Work<ServedManifest> work)
      throws UpstreamException, IOException {
    try {
      ServedManifest manifest = work.run();
      absences.forget(key);
      return manifest;
    } catch (UpstreamException.NotFound e) {
      absences.note(key, e, tags(key.repository).negativeFreshness());
      throw e;
    }
  }

  private Freshness freshness(Repository repository, Tag tag, MutableRecord record) {
    TagConfig config = tags(repository);
    return config.isImmutable(repository.name(), tag)
        ? Freshness.FRESH
        : Freshness.of(record.confirmedAt(), config, clock.instant());
  }

  private TagConfig tags(Repository repository) {
    return upstreams.of(repository).config().tags();
  }

  private Optional<ServedManifest> inMemory(Digest digest) {
    Optional<byte[]> bytes = store.cachedBytes(digest);
    Optional<ContentInfo> info = store.info(digest);
    if (bytes.isEmpty() || info.isEmpty() || info.get().mediaType().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new ServedManifest(
            digest, info.get().mediaType().get(), bytes.get(), Outcome.HIT, Optional.empty()));
  }

  private record ManifestKey(Repository repository, Reference reference) {}
}
