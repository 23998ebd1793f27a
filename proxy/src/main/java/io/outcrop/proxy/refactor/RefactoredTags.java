package io.outcrop.proxy.refactor;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Reference;
import io.outcrop.oci.Repository;
import io.outcrop.oci.Tag;
import io.outcrop.proxy.config.RefactorMode;
import io.outcrop.proxy.resolve.ManifestService;
import io.outcrop.proxy.resolve.ServedManifest;
import io.outcrop.proxy.resolve.Upstreams;
import io.outcrop.proxy.upstream.UpstreamException;
import io.outcrop.storage.ContentStore;
import io.outcrop.storage.DerivedImage;
import io.outcrop.storage.DerivedImage.Made;
import io.outcrop.storage.StoreException;
import io.outcrop.storage.TagAnswer;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Manifests as clients get them: digests always as they are at the upstream, and tags, where that
 * is configured, as what was made of them. What a tag is answered with is decided once for a digest
 * it has at the upstream, and stays, or nodes would pull the same image twice. Thread-safe.
 */
public final class RefactoredTags {

  private static final Logger LOG = LoggerFactory.getLogger(RefactoredTags.class);
  private static final Duration MOMENT = Duration.ofSeconds(5);

  /** What is put behind a tag to get what was made of its image. */
  public static final String SUFFIX = "-refactored";

  private final ContentStore store;
  private final Upstreams upstreams;
  private final ManifestService manifests;
  private final MadeImages images;
  private final Known known;
  private final RefactorService service;
  private final Duration maxWait;
  private final InstantSource clock;

  /** Finds what was made of a manifest or index by the rules of today. */
  interface Known {
    Optional<DerivedImage> of(ServedManifest source) throws StoreException;
  }

  RefactoredTags(
      ContentStore store,
      Upstreams upstreams,
      ManifestService manifests,
      MadeImages images,
      Known known,
      RefactorService service,
      Duration maxWait,
      InstantSource clock) {
    this.store = store;
    this.upstreams = upstreams;
    this.manifests = manifests;
    this.images = images;
    this.known = known;
    this.service = service;
    this.maxWait = maxWait;
    this.clock = clock;
  }

  /** As {@link ManifestService#immediately}. */
  public Optional<ServedManifest> immediately(
      Repository repository, Reference reference, int client) {
    return switch (reference) {
      case Digest digest -> manifests.immediately(repository, digest, client);
      case Tag tag ->
          switch (mode(repository)) {
            case OFF -> manifests.immediately(repository, tag, client);
            case AVAILABLE -> {
              Optional<ServedManifest> original = manifests.immediately(repository, tag, client);
              original.ifPresent(manifest -> service.consider(repository, manifest.digest()));
              yield original;
            }
            case SERVE ->
                manifests
                    .immediately(repository, tag, client)
                    .flatMap(original -> decided(repository, tag, original, client));
          };
    };
  }

  /** As {@link ManifestService#get}; waits for an image to be made where that is configured. */
  public ServedManifest get(Repository repository, Reference reference, int client)
      throws UpstreamException, IOException {
    RefactorMode mode = mode(repository);
    if (mode == RefactorMode.OFF || !(reference instanceof Tag tag)) {
      return manifests.get(repository, reference, client);
    }
    if (tag.value().endsWith(SUFFIX) && tag.value().length() > SUFFIX.length()) {
      Optional<ServedManifest> made = available(repository, base(tag), client);
      if (made.isPresent()) {
        return made.get();
      }
    }
    ServedManifest original = manifests.get(repository, tag, client);
    if (mode == RefactorMode.AVAILABLE) {
      service.consider(repository, original.digest());
      return original;
    }
    Optional<Digest> before = store.answers().find(repository, tag, original.digest());
    Digest given = before.isPresent() ? before.get() : decide(repository, tag, original);
    if (given.equals(original.digest())) {
      service.consider(repository, original.digest());
      return original;
    }
    return made(repository, given, original, client)
        .orElseGet(() -> {
          LOG.error("{} of {}:{} is lost; the original is served", given, repository, tag);
          return original;
        });
  }

  private RefactorMode mode(Repository repository) {
    return upstreams.of(repository).config().refactor().of(repository.name());
  }

  private Optional<ServedManifest> decided(
      Repository repository, Tag tag, ServedManifest original, int client) {
    Optional<Digest> given = store.answers().cached(repository, tag, original.digest());
    if (given.isEmpty()) {
      return Optional.empty();
    }
    if (given.get().equals(original.digest())) {
      service.consider(repository, original.digest());
      return Optional.of(original);
    }
    return manifests
        .immediately(repository, given.get(), client)
        .map(manifest -> as(manifest, original));
  }

  private Digest decide(Repository repository, Tag tag, ServedManifest original)
      throws StoreException {
    Optional<Made> made = make(repository, original);
    return store
        .answers()
        .decide(
            new TagAnswer(
                repository,
                tag,
                original.digest(),
                made.map(Made::root).orElse(original.digest()),
                clock.instant()));
  }

  /** What is made of an image, if it is, or is made in time. */
  private Optional<Made> make(Repository repository, ServedManifest original)
      throws StoreException {
    Optional<DerivedImage> before = known.of(original);
    if (before.isPresent() && before.get().result() instanceof Made made) {
      if (images.mayRead(repository, made.root())) {
        return Optional.of(made);
      }
    } else if (before.isPresent()
        || maxWait.isZero()
        || service.failure(repository, original.digest()).isPresent()) {
      return Optional.empty();
    }
    // Also where it is made already: that this repository may read it takes a moment to find out.
    Duration wait = before.isPresent() && MOMENT.compareTo(maxWait) > 0 ? MOMENT : maxWait;
    RefactorTask task = service.want(repository, original.digest());
    try {
      DerivedImage image = task.end().get(wait.toMillis(), TimeUnit.MILLISECONDS);
      return image.result() instanceof Made made ? Optional.of(made) : Optional.empty();
    } catch (TimeoutException e) {
      LOG.info("{}: not refactored within {}; the original is served", task.name(), wait);
      return Optional.empty();
    } catch (ExecutionException e) {
      return Optional.empty(); // Told where it happened.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** What is made of the image of a tag, for clients that ask for just that. */
  private Optional<ServedManifest> available(Repository repository, Tag base, int client)
      throws UpstreamException, IOException {
    ServedManifest original;
    try {
      original = manifests.get(repository, base, client);
    } catch (UpstreamException.NotFound e) {
      return Optional.empty();
    }
    Optional<Made> made = make(repository, original);
    if (made.isEmpty()) {
      service.consider(repository, original.digest());
      return Optional.empty();
    }
    return made(repository, made.get().root(), original, client);
  }

  private Optional<ServedManifest> made(
      Repository repository, Digest root, ServedManifest original, int client)
      throws StoreException {
    Optional<ServedManifest> found = images.manifest(repository, root);
    found.ifPresent(manifest -> store.used(root, client));
    return found.map(manifest -> as(manifest, original));
  }

  /** What holds of the answer about the original holds of what was made of it. */
  private static ServedManifest as(ServedManifest made, ServedManifest original) {
    ServedManifest same = made.as(original.outcome());
    return original.staleness().map(same::stale).orElse(same);
  }

  private static Tag base(Tag tag) {
    return new Tag(tag.value().substring(0, tag.value().length() - SUFFIX.length()));
  }
}
