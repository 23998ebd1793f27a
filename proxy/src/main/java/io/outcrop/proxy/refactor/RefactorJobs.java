package io.outcrop.proxy.refactor;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Tag;
import io.outcrop.proxy.jobs.Job;
import io.outcrop.proxy.jobs.JobWork;
import io.outcrop.proxy.jobs.Jobs;
import io.outcrop.proxy.jobs.Progress;
import io.outcrop.proxy.names.ImageReference;
import io.outcrop.proxy.resolve.ManifestService;
import io.outcrop.proxy.upstream.UpstreamException;
import io.outcrop.refactor.RefactorProgress.Phase;
import io.outcrop.refactor.model.Cancellation;
import io.outcrop.storage.ContentStore;
import io.outcrop.storage.DerivedImage;
import io.outcrop.storage.DerivedImage.Kind;
import io.outcrop.storage.DerivedImage.Made;
import io.outcrop.storage.DerivedImage.Part;
import io.outcrop.storage.DerivedImage.Refused;
import io.outcrop.storage.StoreException;
import io.outcrop.storage.TagAnswer;
import io.outcrop.storage.cache.ReplacementPolicy;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

/** Refactors images that operators name. Thread-safe. */
public final class RefactorJobs {

  private final ContentStore store;
  private final ManifestService manifests;
  private final MadeImages images;
  private final RefactorService service;
  private final RefactorStatus status;
  private final Estimate estimate;
  private final Jobs jobs;
  private final InstantSource clock;

  RefactorJobs(
      ContentStore store,
      ManifestService manifests,
      MadeImages images,
      RefactorService service,
      RefactorStatus status,
      Estimate estimate,
      Jobs jobs,
      InstantSource clock) {
    this.store = store;
    this.manifests = manifests;
    this.images = images;
    this.service = service;
    this.status = status;
    this.estimate = estimate;
    this.jobs = jobs;
    this.clock = clock;
  }

  /** Begins to find out what would be made of an image. Blocks until it is known which that is. */
  public Job estimate(ImageReference image) throws UpstreamException, IOException {
    Digest source = source(image);
    return jobs.start("refactor-estimate", image.toString(), () -> new Estimating(image, source));
  }

  /**
   * Begins to refactor an image, also one that could not be before. Blocks until it is known which
   * that is.
   *
   * @param adopt whether its tag is answered with what is made, whatever it was answered with
   *     before; nodes that have the original pull once more then
   */
  public Job start(ImageReference image, boolean adopt) throws UpstreamException, IOException {
    Digest source = source(image);
    return jobs.start("refactor", image.toString(), () -> new Making(image, source, adopt));
  }

  private Digest source(ImageReference image) throws UpstreamException, IOException {
    return switch (image.reference()) {
      case Digest digest -> digest;
      case Tag tag ->
          manifests.get(image.repository(), tag, ReplacementPolicy.UNKNOWN_CLIENT).digest();
    };
  }

  /** Of each phase its own bytes are told, and which of the phases it is. */
  private static Progress progress(RefactorTask.State state) {
    int before =
        switch (state.phase()) {
          case SCAN -> 0;
          case PLAN -> 1;
          case BUILD -> 2;
          case VERIFY -> 3;
        };
    return new Progress(before, Phase.values().length, state.done(), state.total());
  }

  private final class Making implements JobWork {

    private final ImageReference image;
    private final Digest source;
    private final boolean adopt;
    private volatile Optional<RefactorTask> task = Optional.empty();
    private volatile Optional<String> result = Optional.empty();

    Making(ImageReference image, Digest source, boolean adopt) {
      this.image = image;
      this.source = source;
      this.adopt = adopt;
    }

    @Override
    public void run() throws Exception {
      Optional<DerivedImage> before = status.of(source);
      if (before.isPresent() && before.get().result() instanceof Refused) {
        store.derived().remove(before.get());
      }
      service.reconsider(image.repository(), source);
      RefactorTask wanted = service.want(image.repository(), source);
      task = Optional.of(wanted);
      DerivedImage made = await(wanted);
      switch (made.result()) {
        case Made done -> finish(done, made.sourceBytes());
        case Refused(String reason, String detail) ->
            throw new IOException("it is served as it is: " + reason + ": " + detail);
      }
    }

    private DerivedImage await(RefactorTask wanted) throws Exception {
      try {
        return wanted.end().get();
      } catch (InterruptedException e) {
        wanted.cancel();
        throw e;
      } catch (ExecutionException e) {
        throw e.getCause() instanceof Exception cause ? cause : e;
      }
    }

    private void finish(Made made, long sourceBytes) throws StoreException {
      if (adopt && image.reference() instanceof Tag tag) {
        store
            .answers()
            .redecide(new TagAnswer(image.repository(), tag, source, made.root(), clock.instant()));
      }
      List<Part> layers =
          images.parts(made).stream().filter(part -> part.kind() == Kind.LAYER).toList();
      result =
          Optional.of(
              made.root()
                  + ": "
                  + layers.size()
                  + " layers, "
                  + layers.stream().mapToLong(Part::size).sum()
                  + " bytes, "
                  + layers.stream().filter(Part::isNew).mapToLong(Part::size).sum()
                  + " of them new, in place of "
                  + sourceBytes);
    }

    @Override
    public Progress progress() {
      return task.map(wanted -> RefactorJobs.progress(wanted.state())).orElse(Progress.NONE);
    }

    @Override
    public Optional<String> result() {
      return result;
    }
  }

  private final class Estimating implements JobWork {

    private final ImageReference image;
    private final Digest source;
    private final Cancellation cancellation = Cancellation.untilCancelled();
    private volatile RefactorTask.State state = new RefactorTask.State(Phase.SCAN, 0, 0);
    private volatile Optional<String> result = Optional.empty();

    Estimating(ImageReference image, Digest source) {
      this.image = image;
      this.source = source;
    }

    @Override
    public void run() throws Exception {
      result =
          Optional.of(
              estimate.of(
                  image.repository(),
                  source,
                  cancellation,
                  (phase, done, total) -> state = new RefactorTask.State(phase, done, total)));
    }

    @Override
    public Progress progress() {
      return RefactorJobs.progress(state);
    }

    @Override
    public Optional<String> result() {
      return result;
    }
  }
}
