package io.outcrop.proxy.refactor;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.resolve.ManifestService;
import io.outcrop.proxy.resolve.ServedManifest;
import io.outcrop.proxy.upstream.BlobStream;
import io.outcrop.proxy.upstream.UpstreamException;
import io.outcrop.refactor.Analysis;
import io.outcrop.refactor.RefactorEngine;
import io.outcrop.refactor.RefactorProgress;
import io.outcrop.refactor.RefactorRequest;
import io.outcrop.refactor.build.ContentSource;
import io.outcrop.refactor.model.Cancellation;
import io.outcrop.refactor.plan.Plan;
import io.outcrop.storage.cache.ReplacementPolicy;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes layers again that were evicted: to the same bytes, once for all who want one. Thread-safe;
 * blocks.
 */
final class LayerRebuilds implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LayerRebuilds.class);

  private static final Duration IDLE = Duration.ofMinutes(1);

  /** What is asked for next is mostly another layer of the same image. */
  private record Understood(Repository repository, Digest source, String recipe, Basis basis) {}

  /** An image and what is made of it. */
  private record Basis(RefactorRequest request, Analysis analysis, Plan plan) {}

  private final ManifestService manifests;
  private final RefactorEngine engine;
  private final RebuiltFiles rebuilt;
  private final RefactorEvents events;
  private final Cancellation cancellation = Cancellation.untilCancelled();
  private final ReentrantLock understanding = new ReentrantLock();
  private volatile Optional<Originals> originals = Optional.empty();
  // Guarded by the lock.
  private Optional<Understood> last = Optional.empty();
  private long lastUse;

  LayerRebuilds(
      ManifestService manifests, RefactorEngine engine, WorkFiles files, RefactorEvents events) {
    this.manifests = manifests;
    this.engine = engine;
    this.rebuilt = new RebuiltFiles(files);
    this.events = events;
  }

  /** Tells where originals are read; before that nothing can be made again. */
  void readFrom(Originals source) {
    originals = Optional.of(source);
  }

  /**
   * A layer of a made image, once it has been made again.
   *
   * @throws UpstreamException if what it is made of cannot be had
   */
  BlobStream open(Repository repository, MadeImages.Owned owned, long offset)
      throws UpstreamException, IOException {
    RebuiltFiles.Use use =
        rebuilt.open(owned.part().digest(), files -> rebuild(repository, owned, files));
    try {
      FileChannel channel = use.channel();
      channel.position(offset);
      return new MadeStream(channel, offset, owned.part().size(), use::close);
    } catch (IOException e) {
      use.close();
      throw e;
    }
  }

  private void rebuild(Repository repository, MadeImages.Owned owned, RebuiltFiles.SingleSink sink)
      throws UpstreamException, IOException {
    long began = System.nanoTime();
    Digest layer = owned.part().digest();
    Basis basis = basis(repository, owned);
    RefactorRequest request = basis.request;
    boolean known =
        engine.rebuild(
            new RefactorRequest(
                request.manifest(),
                request.mediaType(),
                request.source(),
                sink,
                request.planner(),
                request.packing(),
                request.maxLayers()),
            basis.analysis,
            basis.plan,
            layer,
            cancellation,
            RefactorProgress.NONE);
    if (!known) {
      throw new IOException("its image is not planned any more as it was");
    }
    events.layerRebuilt(owned.part().size());
    LOG.info(
        "rebuilt layer {} of {} in {} ms",
        layer,
        repository,
        (System.nanoTime() - began) / 1_000_000);
  }

  private Basis basis(Repository repository, MadeImages.Owned owned)
      throws UpstreamException, IOException {
    Digest source = owned.image().source();
    String text = owned.image().recipe();
    understanding.lock();
    try {
      lastUse = System.nanoTime();
      if (last.isPresent()
          && last.get().repository.equals(repository)
          && last.get().source.equals(source)
          && last.get().recipe.equals(text)) {
        return last.get().basis;
      }
      Basis basis = understand(repository, source, text);
      last = Optional.of(new Understood(repository, source, text, basis));
      return basis;
    } finally {
      understanding.unlock();
    }
  }

  private Basis understand(Repository repository, Digest source, String text)
      throws UpstreamException, IOException {
    Recipe recipe =
        Recipe.parse(text)
            .orElseThrow(
                () -> new IOException("it was made by a version that makes images otherwise"));
    ContentSource from =
        originals
            .orElseThrow(() -> new IOException("this edge is still starting"))
            .of(repository, Pace.FULL);
    ServedManifest manifest = manifests.get(repository, source, ReplacementPolicy.UNKNOWN_CLIENT);
    Analysis analysis =
        engine.analyse(
            manifest.bytes(), manifest.mediaType(), from, cancellation, RefactorProgress.NONE);
    RefactorRequest request =
        new RefactorRequest(
            manifest.bytes(),
            manifest.mediaType(),
            from,
            RebuiltFiles.NOWHERE,
            recipe.planner(),
            recipe.packing(),
            recipe.maxLayers());
    return new Basis(
        request, analysis, RefactorEngine.plan(analysis, recipe.planner(), recipe.maxLayers()));
  }

  /** Forgets what it keeps for the next layer of the same image, if none has come lately. */
  void forgetWhatIsIdle() {
    understanding.lock();
    try {
      if (System.nanoTime() - lastUse > IDLE.toNanos()) {
        last = Optional.empty();
      }
    } finally {
      understanding.unlock();
    }
  }

  @Override
  public void close() {
    cancellation.cancel();
    rebuilt.close();
  }
}
