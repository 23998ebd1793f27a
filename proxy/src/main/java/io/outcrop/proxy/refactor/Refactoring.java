package io.outcrop.proxy.refactor;

import io.outcrop.proxy.config.RefactorConfig;
import io.outcrop.proxy.fill.BlobSource;
import io.outcrop.proxy.fill.Fills;
import io.outcrop.proxy.images.Platforms;
import io.outcrop.proxy.jobs.Jobs;
import io.outcrop.proxy.resolve.BlobService;
import io.outcrop.proxy.resolve.MadeContent;
import io.outcrop.proxy.resolve.ManifestService;
import io.outcrop.proxy.resolve.ReferrersService;
import io.outcrop.proxy.resolve.Upstreams;
import io.outcrop.refactor.EngineOptions;
import io.outcrop.refactor.RefactorEngine;
import io.outcrop.refactor.model.Limits;
import io.outcrop.storage.ContentStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * All that refactors in one edge, put together in the order in which its parts need each other: the
 * content that is made, then where blobs come from, then what needs the blobs. Thread-safe once
 * started.
 */
public final class Refactoring implements AutoCloseable {

  private static final long LEAST_TEMPORARY_BYTES = 1L << 30;
  private static final int PART_OF_CAPACITY = 10;
  private static final long LEAST_INDEX_BYTES = 64L << 20;
  private static final int PART_FOR_INDEXES = 100;

  private final RefactorConfig config;
  private final ContentStore store;
  private final Upstreams upstreams;
  private final RebuildCost costs;
  private final RefactorEvents events;
  private final InstantSource clock;
  private final MadeImages images;
  private final WorkFiles files;
  private final Path layers;
  private final EngineState state;
  private final RefactorEngine urgent;
  private Optional<LayerRebuilds> rebuilds = Optional.empty();
  private Optional<RefactorService> service = Optional.empty();

  /**
   * @param folder for files of its own
   * @param costs told of what is made
   */
  public Refactoring(
      RefactorConfig config,
      Path folder,
      ContentStore store,
      Upstreams upstreams,
      RebuildCost costs,
      RefactorEvents events,
      InstantSource clock)
      throws IOException {
    this.config = config;
    this.store = store;
    this.upstreams = upstreams;
    this.costs = costs;
    this.events = events;
    this.clock = clock;
    this.images = new MadeImages(store);
    this.files = new WorkFiles(folder.resolve("work"));
    this.layers = folder.resolve("layers");
    this.state = new EngineState(store.derived(), layers);
    this.urgent = engine(Math.max(config.cpus(), Runtime.getRuntime().availableProcessors()));
    costs.know(store.derived().all());
  }

  /** What no upstream has. */
  public MadeContent content() {
    return images;
  }

  /** Where blobs come from that are not here. */
  public BlobSource source(ManifestService manifests) {
    rebuilds = Optional.of(new LayerRebuilds(manifests, urgent, files, events));
    return new MadeBlobs(store, images, upstreams, rebuilds.get());
  }

  /** Begins to refactor; once, and after all else. */
  public Running start(
      ManifestService manifests,
      Fills fills,
      BlobService blobs,
      ReferrersService referrers,
      Jobs jobs) {
    Originals originals = new Originals(fills, blobs);
    rebuilds.ifPresent(made -> made.readFrom(originals));
    Recipe recipe = Recipe.of(config);
    IndexRefactorer indexes =
        new IndexRefactorer(
            store,
            images,
            recipe,
            config.platforms().isEmpty() ? Platforms.own() : Platforms.parse(config.platforms()),
            clock);
    RefactorService started =
        new RefactorService(
            manifests,
            fills,
            new ImageRefactorer(
                store, manifests, fills, originals, images, files, recipe, costs, events, clock),
            indexes,
            new RefactorService.Engines(engine(config.cpus()), urgent),
            new Upkeep(
                store,
                costs,
                layers,
                Math.max(LEAST_INDEX_BYTES, store.statistics().capacity() / PART_FOR_INDEXES),
                () -> rebuilds.ifPresent(LayerRebuilds::forgetWhatIsIdle),
                clock),
            events);
    service = Optional.of(started);
    List<String> recipes = List.of(recipe.text(), indexes.text());
    RefactorStatus status = new RefactorStatus(store, started, recipes);
    Estimate estimate = new Estimate(store, manifests, originals, indexes, urgent, state, recipe);
    RefactoredTags.Known known =
        source ->
            store
                .derived()
                .find(
                    source.digest(), source.mediaType().isIndex() ? indexes.text() : recipe.text());
    return new Running(
        new RefactoredTags(
            store, upstreams, manifests, images, known, started, config.maxWait(), clock),
        new RefactoredReferrers(store, upstreams, images, referrers, recipes),
        new RefactorJobs(store, manifests, images, started, status, estimate, jobs, clock),
        status,
        started);
  }

  /**
   * What clients and operators see of it.
   *
   * @param tags answers for manifests
   * @param referrers answers for referrers
   * @param jobs does it for operators
   * @param status tells of it
   * @param service does it
   */
  public record Running(
      RefactoredTags tags,
      RefactoredReferrers referrers,
      RefactorJobs jobs,
      RefactorStatus status,
      RefactorService service) {}

  private RefactorEngine engine(int processors) {
    long room = Math.max(LEAST_TEMPORARY_BYTES, store.statistics().capacity() / PART_OF_CAPACITY);
    return new RefactorEngine(
        new EngineOptions(Limits.DEFAULT, processors, files.folder(), room), state);
  }

  @Override
  public void close() {
    service.ifPresent(RefactorService::close);
    rebuilds.ifPresent(LayerRebuilds::close);
  }
}
