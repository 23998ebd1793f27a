package io.outcrop.refactor;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.refactor.RefactorProgress.Phase;
import io.outcrop.refactor.build.BuiltLayer;
import io.outcrop.refactor.build.GroupBuilder;
import io.outcrop.refactor.build.ImageWriter;
import io.outcrop.refactor.build.LayerIndexes;
import io.outcrop.refactor.build.LayerKey;
import io.outcrop.refactor.build.LayerTypes;
import io.outcrop.refactor.build.RefactorState;
import io.outcrop.refactor.build.SingleFlight;
import io.outcrop.refactor.build.Workers;
import io.outcrop.refactor.compress.CompressionCanary;
import io.outcrop.refactor.compress.Packing;
import io.outcrop.refactor.model.Cancellation;
import io.outcrop.refactor.model.RefusedException;
import io.outcrop.refactor.plan.Group;
import io.outcrop.refactor.plan.GroupKey;
import io.outcrop.refactor.plan.Plan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Makes images of plans: the layers that are not there yet, the configuration, the manifest. */
final class LayerFactory {

  final EngineOptions options;
  final Workers workers;
  final LayerIndexes indexes;
  final RefactorState state;
  final SingleFlight<LayerKey, BuiltLayer> flights = new SingleFlight<>();
  private final Set<Packing> provenPackings = ConcurrentHashMap.newKeySet();

  LayerFactory(EngineOptions options, Workers workers, LayerIndexes indexes, RefactorState state) {
    this.options = options;
    this.workers = workers;
    this.indexes = indexes;
    this.state = state;
  }

  Outcome refactor(
      RefactorRequest request,
      Analysis analysis,
      Plan plan,
      Cancellation cancellation,
      RefactorProgress progress)
      throws IOException {
    boolean docker = analysis.image().isDocker();
    Packing packing = LayerTypes.allowed(request.packing(), docker);
    checkCanary(packing);
    MediaType layerType = LayerTypes.written(packing.compression(), docker);
    LayerRun run =
        new LayerRun(this, analysis, groups(plan), packing, layerType, request.sink(), progress);
    run.build(cancellation);
    run.verify(cancellation);

    List<ImageWriter.Layer> written = run.written();
    ImageWriter writer = new ImageWriter(analysis.image());
    byte[] configuration = writer.configuration(written);
    request.sink().put(configuration, analysis.image().configurationType());
    Map<String, String> annotations = annotations(request, analysis, plan, packing);
    byte[] manifest = writer.manifest(configuration, written, annotations);
    return new Outcome.Refactored(
        Descriptor.of(request.mediaType(), Digest.sha256(manifest), manifest.length),
        manifest,
        run.outcome(),
        analysis.treeDigest(),
        annotations);
  }

  boolean rebuild(
      RefactorRequest request,
      Analysis analysis,
      Plan plan,
      Digest layer,
      Cancellation cancellation,
      RefactorProgress progress)
      throws IOException {
    boolean docker = analysis.image().isDocker();
    Packing packing = LayerTypes.allowed(request.packing(), docker);
    checkCanary(packing);
    for (Group group : groups(plan)) {
      LayerKey key = new LayerKey(GroupKey.of(analysis.view(), group), packing);
      Optional<BuiltLayer> built = state.built(key);
      if (built.isPresent() && built.get().blob().equals(layer)) {
        PhaseCounter counter = new PhaseCounter(progress, Phase.BUILD, built.get().tarLength());
        new GroupBuilder(
                analysis.view(),
                analysis.contents(),
                packing,
                options.temporary(),
                options.temporaryBytes(),
                workers,
                cancellation,
                counter::add)
            .build(
                List.of(group),
                request.sink(),
                LayerTypes.written(packing.compression(), docker),
                (same, again) -> {});
        return true;
      }
    }
    return false;
  }

  private static List<Group> groups(Plan plan) {
    List<Group> groups = new ArrayList<>(plan.shared());
    groups.add(plan.top());
    return groups;
  }

  private void checkCanary(Packing packing) throws RefusedException {
    if (!provenPackings.contains(packing)) {
      CompressionCanary.check(packing);
      provenPackings.add(packing);
    }
  }

  /** Nothing of this edge or this moment may be among these: other edges make the same manifest. */
  private static Map<String, String> annotations(
      RefactorRequest request, Analysis analysis, Plan plan, Packing packing) {
    Map<String, String> annotations = new LinkedHashMap<>(plan.annotations());
    annotations.put(Annotations.SOURCE, analysis.image().descriptor().digest().toString());
    annotations.put(Annotations.TREE, analysis.treeDigest().toString());
    annotations.put(
        Annotations.POLICY,
        RefactorRequest.policy(request.planner(), packing, request.maxLayers()));
    if (analysis.view().hasImplicitDirectories()) {
      annotations.put(Annotations.IMPLICIT_DIRECTORIES, "true");
    }
    return annotations;
  }
}
