package io.outcrop.refactor;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.refactor.RefactorProgress.Phase;
import io.outcrop.refactor.build.ContentSource;
import io.outcrop.refactor.build.LayerIndexes;
import io.outcrop.refactor.build.RefactorState;
import io.outcrop.refactor.build.SourceImage;
import io.outcrop.refactor.build.SourceLayers;
import io.outcrop.refactor.build.Workers;
import io.outcrop.refactor.model.Ambiguity;
import io.outcrop.refactor.model.Cancellation;
import io.outcrop.refactor.model.RefusedException;
import io.outcrop.refactor.plan.Plan;
import io.outcrop.refactor.plan.PlanCheck;
import io.outcrop.refactor.plan.PlanRequest;
import io.outcrop.refactor.plan.Planner;
import io.outcrop.refactor.view.Fold;
import io.outcrop.refactor.view.TreeDigest;
import io.outcrop.refactor.view.View;
import java.io.IOException;

/**
 * Re-layers images. Layers are scanned, and groups built, once, however many images want them at
 * the same time; what is finished is kept in the state, so that work that was broken off goes on
 * there. Thread-safe.
 */
public final class RefactorEngine {

  private final EngineOptions options;
  private final LayerScans scans;
  private final LayerFactory layers;

  /**
   * @param state keeps what is found out about layers
   */
  public RefactorEngine(EngineOptions options, RefactorState state) {
    Workers workers = new Workers(options.processors());
    LayerIndexes indexes = new LayerIndexes(state, options.limits());
    this.options = options;
    this.scans = new LayerScans(workers, indexes, options.limits());
    this.layers = new LayerFactory(options, workers, indexes, state);
  }

  /**
   * Finds out what is in an image.
   *
   * @param manifest its manifest as it is published
   * @param mediaType the manifest's type
   * @throws RefusedException if the image is to be served as it is
   * @throws IOException if a blob cannot be read, or the work was cancelled
   */
  public Analysis analyse(
      byte[] manifest,
      MediaType mediaType,
      ContentSource source,
      Cancellation cancellation,
      RefactorProgress progress)
      throws IOException {
    SourceImage image = SourceImage.read(manifest, mediaType, source, options.limits());
    View view = Fold.fold(scans.layers(image, source, cancellation, progress));
    if (!view.ambiguities().isEmpty()) {
      Ambiguity first = view.ambiguities().getFirst();
      throw new RefusedException(first.reason(), first.detail());
    }
    SourceLayers contents =
        new SourceLayers(
            view,
            image.layers().stream().map(Descriptor::digest).toList(),
            source,
            options.limits(),
            cancellation);
    return new Analysis(image, view, TreeDigest.of(view), contents);
  }

  /**
   * Groups the entries of an image into layers.
   *
   * @throws RefusedException if the planner leaves the image as it is
   * @throws IllegalStateException if the planner breaks its contract
   * @throws IOException if content cannot be read, or the work was cancelled
   */
  public static Plan plan(Analysis analysis, Planner planner, int maxLayers) throws IOException {
    PlanRequest request = new PlanRequest(analysis.view(), analysis.contents(), maxLayers);
    Plan plan = planner.plan(request);
    PlanCheck.check(request, plan);
    return plan;
  }

  /**
   * Refactors an image: its new layers and configuration are in the sink, and proven to make the
   * same root file system, when this returns a new manifest.
   *
   * @throws IOException if a blob cannot be read or written, or the work was cancelled; what was
   *     finished is kept, and the same request goes on from there
   */
  public Outcome refactor(
      RefactorRequest request, Cancellation cancellation, RefactorProgress progress)
      throws IOException {
    try {
      Analysis analysis =
          analyse(
              request.manifest(), request.mediaType(), request.source(), cancellation, progress);
      progress.advanced(Phase.PLAN, 0, 0);
      Plan plan = plan(analysis, request.planner(), request.maxLayers());
      return layers.refactor(request, analysis, plan, cancellation, progress);
    } catch (RefusedException e) {
      return new Outcome.PassThrough(e.reason(), String.valueOf(e.getMessage()));
    }
  }

  /**
   * Makes one layer of a refactored image again, and puts it into the sink of the request, to the
   * byte as it was made before with the same state.
   *
   * @param analysis of the source
   * @param plan made of it as it was then
   * @param layer the digest of the layer as it is compressed
   * @return false if the image is not known to have such a layer
   * @throws IOException if a blob cannot be read or written, or the work was cancelled
   */
  public boolean rebuild(
      RefactorRequest request,
      Analysis analysis,
      Plan plan,
      Digest layer,
      Cancellation cancellation,
      RefactorProgress progress)
      throws IOException {
    return layers.rebuild(request, analysis, plan, layer, cancellation, progress);
  }
}
