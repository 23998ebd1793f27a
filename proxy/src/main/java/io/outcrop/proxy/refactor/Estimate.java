package io.outcrop.proxy.refactor;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.resolve.ManifestService;
import io.outcrop.proxy.resolve.ServedManifest;
import io.outcrop.proxy.upstream.UpstreamException;
import io.outcrop.refactor.Analysis;
import io.outcrop.refactor.RefactorEngine;
import io.outcrop.refactor.RefactorProgress;
import io.outcrop.refactor.build.BuiltLayer;
import io.outcrop.refactor.build.LayerKey;
import io.outcrop.refactor.build.LayerTypes;
import io.outcrop.refactor.build.RefactorState;
import io.outcrop.refactor.compress.Packing;
import io.outcrop.refactor.model.Cancellation;
import io.outcrop.refactor.plan.Group;
import io.outcrop.refactor.plan.GroupKey;
import io.outcrop.refactor.plan.Plan;
import io.outcrop.storage.ContentStore;
import io.outcrop.storage.cache.ReplacementPolicy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds out what would be made of images, without making it. Thread-safe; blocks. */
final class Estimate {

  private final ContentStore store;
  private final ManifestService manifests;
  private final Originals originals;
  private final IndexRefactorer indexes;
  private final RefactorEngine engine;
  private final RefactorState state;
  private final Recipe recipe;

  Estimate(
      ContentStore store,
      ManifestService manifests,
      Originals originals,
      IndexRefactorer indexes,
      RefactorEngine engine,
      RefactorState state,
      Recipe recipe) {
    this.store = store;
    this.manifests = manifests;
    this.originals = originals;
    this.indexes = indexes;
    this.engine = engine;
    this.state = state;
    this.recipe = recipe;
  }

  /**
   * What would be made of an image, in words; of an index, of each image that would be replaced.
   *
   * @throws io.outcrop.refactor.model.RefusedException if it would be served as it is
   */
  String of(
      Repository repository, Digest digest, Cancellation cancellation, RefactorProgress progress)
      throws UpstreamException, IOException {
    ServedManifest source = manifests.get(repository, digest, ReplacementPolicy.UNKNOWN_CLIENT);
    if (!source.mediaType().isIndex()) {
      return ofImage(repository, source, cancellation, progress);
    }
    List<String> all = new ArrayList<>();
    for (Descriptor listed : indexes.wanted(source)) {
      all.add(
          listed.platform().map(Object::toString).orElse("")
              + ": "
              + of(repository, listed.digest(), cancellation, progress));
    }
    return all.isEmpty()
        ? "no image for the platforms that are refactored"
        : String.join("; ", all);
  }

  private String ofImage(
      Repository repository,
      ServedManifest source,
      Cancellation cancellation,
      RefactorProgress progress)
      throws IOException {
    Analysis analysis =
        engine.analyse(
            source.bytes(),
            source.mediaType(),
            originals.of(repository, Pace.FULL),
            cancellation,
            progress);
    Plan plan = RefactorEngine.plan(analysis, recipe.planner(), recipe.maxLayers());
    Packing packing = LayerTypes.allowed(recipe.packing(), analysis.image().isDocker());
    List<Group> groups = new ArrayList<>(plan.shared());
    groups.add(plan.top());
    int here = 0;
    long hereBytes = 0;
    long newBytes = 0;
    for (Group group : groups) {
      Optional<BuiltLayer> built =
          state.built(new LayerKey(GroupKey.of(analysis.view(), group), packing));
      if (built.isPresent() && store.info(built.get().blob()).isPresent()) {
        here++;
        hereBytes += built.get().blobLength();
      } else {
        newBytes += group.entries().mapToLong(analysis.view()::storedLength).sum();
      }
    }
    return groups.size()
        + " layers in place of "
        + analysis.image().layers().size()
        + "; "
        + here
        + " of them, "
        + hereBytes
        + " bytes, are here already; "
        + newBytes
        + " bytes, unpacked, go into new ones";
  }
}
