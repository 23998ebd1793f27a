package io.outcrop.proxy.refactor;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.oci.InvalidManifestException;
import io.outcrop.oci.Manifest;
import io.outcrop.oci.ManifestParser;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.fill.Fills;
import io.outcrop.proxy.resolve.ManifestService;
import io.outcrop.proxy.resolve.ServedManifest;
import io.outcrop.proxy.upstream.UpstreamException;
import io.outcrop.refactor.Annotations;
import io.outcrop.refactor.Outcome;
import io.outcrop.refactor.RefactorEngine;
import io.outcrop.refactor.RefactorRequest;
import io.outcrop.refactor.build.BuiltLayer;
import io.outcrop.refactor.build.SourceImage;
import io.outcrop.refactor.model.Limits;
import io.outcrop.refactor.model.Reason;
import io.outcrop.refactor.model.RefusedException;
import io.outcrop.storage.ContentInfo.Origin;
import io.outcrop.storage.ContentStore;
import io.outcrop.storage.DerivedImage;
import io.outcrop.storage.DerivedImage.Kind;
import io.outcrop.storage.DerivedImage.Made;
import io.outcrop.storage.DerivedImage.Part;
import io.outcrop.storage.DerivedImage.Refused;
import io.outcrop.storage.Link;
import io.outcrop.storage.LinkState;
import io.outcrop.storage.cache.ReplacementPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Makes an image of another one, and writes down what came of it: nothing is written down before
 * all of it is in the store and verified. Thread-safe; blocks.
 */
final class ImageRefactorer {

  private static final String HISTORY = "\"created_by\":\"" + BuiltLayer.CREATED_BY;

  private final ContentStore store;
  private final ManifestService manifests;
  private final Fills fills;
  private final Originals originals;
  private final MadeImages images;
  private final WorkFiles files;
  private final Recipe recipe;
  private final RebuildCost costs;
  private final RefactorEvents events;
  private final InstantSource clock;

  ImageRefactorer(
      ContentStore store,
      ManifestService manifests,
      Fills fills,
      Originals originals,
      MadeImages images,
      WorkFiles files,
      Recipe recipe,
      RebuildCost costs,
      RefactorEvents events,
      InstantSource clock) {
    this.store = store;
    this.manifests = manifests;
    this.fills = fills;
    this.originals = originals;
    this.images = images;
    this.files = files;
    this.recipe = recipe;
    this.costs = costs;
    this.events = events;
    this.clock = clock;
  }

  /**
   * Makes an image, or finds what came of that before; what was made can be read through the
   * repository when this returns.
   *
   * @param digest of the image; the task may be about an index that lists it
   * @throws UpstreamException if what it is made of cannot be had
   * @throws IOException if that cannot be read or written, or the work was cancelled
   */
  DerivedImage refactor(RefactorTask task, Digest digest, RefactorEngine engine, Pace pace)
      throws UpstreamException, IOException {
    Repository repository = task.subject().repository();
    ServedManifest source = manifests.get(repository, digest, ReplacementPolicy.UNKNOWN_CLIENT);
    Manifest.Image manifest;
    try {
      Manifest parsed = ManifestParser.parse(source.bytes(), source.mediaType());
      if (!(parsed instanceof Manifest.Image image)) {
        throw new InvalidManifestException("no image, but " + source.mediaType());
      }
      manifest = image;
    } catch (InvalidManifestException e) {
      return refuse(
          source.digest(), Reason.INVALID_MANIFEST.code(), String.valueOf(e.getMessage()));
    }
    Optional<DerivedImage> known = store.derived().find(source.digest(), recipe.text());
    if (known.isPresent() && known.get().result() instanceof Refused) {
      return known.get();
    }
    originals.checkReadable(repository, manifest);
    if (known.isEmpty()) {
      known = Optional.of(make(task, source, manifest, engine, pace));
    }
    if (known.get().result() instanceof Made made) {
      images.give(repository, made);
    }
    return known.get();
  }

  private DerivedImage make(
      RefactorTask task,
      ServedManifest source,
      Manifest.Image manifest,
      RefactorEngine engine,
      Pace pace)
      throws IOException {
    Repository repository = task.subject().repository();
    try {
      // Before all of what may be no image is fetched for nothing.
      SourceImage.read(
          source.bytes(), source.mediaType(), originals.of(repository, pace), Limits.DEFAULT);
    } catch (RefusedException e) {
      return refuse(source.digest(), e.reason().code(), String.valueOf(e.getMessage()));
    }
    if (isRefactored(repository, manifest)) {
      return refuse(
          source.digest(),
          Reason.ALREADY_REFACTORED.code(),
          "it was refactored before it came here");
    }
    if (task.isUrgent()) {
      originals.fetchNow(repository, manifest);
    } else {
      originals.fetchAhead(repository, manifest, pace);
    }
    StoreSink sink = new StoreSink(store, fills, files, repository, pace);
    Outcome outcome =
        engine.refactor(
            new RefactorRequest(
                source.bytes(),
                source.mediaType(),
                originals.of(repository, pace),
                sink,
                recipe.planner(),
                recipe.packing(),
                recipe.maxLayers()),
            task.cancellation(),
            task);
    return switch (outcome) {
      // To be tried again, rather than written down for good.
      case Outcome.PassThrough(var reason, String detail) when !reason.isOfImage() ->
          throw new IOException(reason.code() + ": " + detail);
      case Outcome.PassThrough(var reason, String detail) ->
          refuse(source.digest(), reason.code(), detail);
      case Outcome.Refactored made -> keep(repository, source, manifest, made);
    };
  }

  /** Docker's manifests have no annotations; there, the history tells. */
  private boolean isRefactored(Repository repository, Manifest.Image manifest) throws IOException {
    if (manifest.annotations().containsKey(Annotations.POLICY)) {
      return true;
    }
    try (InputStream in = originals.of(repository, Pace.FULL).open(manifest.config().digest())) {
      String configuration =
          new String(in.readNBytes(Limits.DEFAULT.maxDocumentBytes()), StandardCharsets.UTF_8);
      return configuration.contains(HISTORY);
    }
  }

  private DerivedImage keep(
      Repository repository,
      ServedManifest source,
      Manifest.Image manifest,
      Outcome.Refactored made)
      throws IOException {
    Descriptor root = made.descriptor();
    Manifest.Image image;
    try {
      image = (Manifest.Image) ManifestParser.parse(made.manifest(), root.mediaType());
    } catch (InvalidManifestException e) {
      throw new IOException("the manifest that was made cannot be read: " + e.getMessage(), e);
    }
    Descriptor config = image.config();
    byte[] configuration =
        store
            .bytes(config.digest())
            .orElseThrow(() -> new IOException("configuration " + config.digest() + " is gone"));
    Map<Digest, byte[]> documents = new LinkedHashMap<>();
    documents.put(root.digest(), made.manifest());
    documents.put(config.digest(), configuration);
    put(repository, root, made.manifest());
    DerivedImage derived =
        new DerivedImage(
            source.digest(),
            recipe.text(),
            manifest.layers().stream().mapToLong(Descriptor::size).sum(),
            clock.instant(),
            new Made(root.digest(), root.mediaType(), parts(manifest, image, root, made)));
    store.derived().put(derived, documents);
    costs.know(List.of(derived));
    long saved = 0;
    int reused = 0;
    for (Outcome.Layer layer : made.layers()) {
      if (layer.reused()) {
        reused++;
        saved += layer.built().blobLength();
      }
    }
    events.layersMade(made.layers().size() - reused, reused, saved);
    return derived;
  }

  /** What was made; a layer that came out as one of the source's is that one. */
  private static List<Part> parts(
      Manifest.Image source, Manifest.Image image, Descriptor root, Outcome.Refactored made) {
    Set<Digest> before =
        source.children().map(Descriptor::digest).collect(Collectors.toUnmodifiableSet());
    List<Part> parts = new ArrayList<>();
    parts.add(part(root, Kind.DOCUMENT, 0, true));
    parts.add(part(image.config(), Kind.CONFIGURATION, 0, true));
    for (int i = 0; i < made.layers().size(); i++) {
      Outcome.Layer layer = made.layers().get(i);
      Descriptor descriptor = image.layers().get(i);
      if (!before.contains(descriptor.digest())) {
        parts.add(part(descriptor, Kind.LAYER, layer.built().tarLength(), !layer.reused()));
      }
    }
    return parts;
  }

  private static Part part(Descriptor descriptor, Kind kind, long unpacked, boolean isNew) {
    return new Part(
        descriptor.digest(), kind, descriptor.mediaType(), descriptor.size(), unpacked, isNew);
  }

  private void put(Repository repository, Descriptor document, byte[] bytes) throws IOException {
    store.put(
        document.digest(),
        bytes,
        document.mediaType(),
        Origin.PRIVATE,
        List.of(new Link(repository, document.digest(), LinkState.PROVEN)));
  }

  private DerivedImage refuse(Digest source, String reason, String detail) throws IOException {
    DerivedImage refused =
        new DerivedImage(source, recipe.text(), 0, clock.instant(), new Refused(reason, detail));
    store.derived().put(refused, Map.of());
    return refused;
  }
}
