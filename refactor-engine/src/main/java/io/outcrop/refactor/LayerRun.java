package io.outcrop.refactor;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.MediaType;
import io.outcrop.refactor.RefactorProgress.Phase;
import io.outcrop.refactor.build.BuiltLayer;
import io.outcrop.refactor.build.ContentSink;
import io.outcrop.refactor.build.GroupBuilder;
import io.outcrop.refactor.build.ImageWriter;
import io.outcrop.refactor.build.LayerKey;
import io.outcrop.refactor.build.SingleFlight;
import io.outcrop.refactor.compress.Packing;
import io.outcrop.refactor.model.Cancellation;
import io.outcrop.refactor.plan.Group;
import io.outcrop.refactor.plan.GroupKey;
import io.outcrop.refactor.scan.LayerIndex;
import io.outcrop.refactor.verify.LayeringCheck;
import io.outcrop.refactor.view.View;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The layers of one image under way. */
final class LayerRun {

  private final LayerFactory factory;
  private final Analysis analysis;
  private final Map<LayerKey, Group> groups = new LinkedHashMap<>();
  private final Packing packing;
  private final MediaType layerType;
  private final ContentSink sink;
  private final RefactorProgress progress;
  private final Map<LayerKey, BuiltLayer> built = new ConcurrentHashMap<>();
  private final Set<LayerKey> reused = ConcurrentHashMap.newKeySet();

  /**
   * @param groups bottom first
   */
  LayerRun(
      LayerFactory factory,
      Analysis analysis,
      List<Group> groups,
      Packing packing,
      MediaType layerType,
      ContentSink sink,
      RefactorProgress progress) {
    this.factory = factory;
    this.analysis = analysis;
    this.packing = packing;
    this.layerType = layerType;
    this.sink = sink;
    this.progress = progress;
    for (Group group : groups) {
      this.groups.put(new LayerKey(GroupKey.of(analysis.view(), group), packing), group);
    }
  }

  /** Builds what is not there, until all is: by itself what it can claim, then waits for others. */
  void build(Cancellation cancellation) throws IOException {
    while (built.size() < groups.size()) {
      cancellation.check();
      Map<LayerKey, SingleFlight<LayerKey, BuiltLayer>.Claim> claims = new ConcurrentHashMap<>();
      try {
        List<LayerKey> elsewhere = claimOrFind(claims);
        buildClaimed(claims, cancellation);
        for (LayerKey key : elsewhere) {
          awaitElsewhere(key);
        }
      } finally {
        claims.values().forEach(SingleFlight.Claim::close);
      }
    }
  }

  private void found(LayerKey key, BuiltLayer layer) {
    built.put(key, layer);
    reused.add(key);
  }

  /** What another image makes may go to another sink; if it is not in ours, it is claimed anew. */
  private void awaitElsewhere(LayerKey key) throws IOException {
    Optional<BuiltLayer> made = factory.flights.await(key);
    if (made.isPresent() && sink.has(made.get().blob())) {
      found(key, made.get());
    }
  }

  /** Claims what nobody has; returns what others are making. */
  private List<LayerKey> claimOrFind(Map<LayerKey, SingleFlight<LayerKey, BuiltLayer>.Claim> claims)
      throws IOException {
    List<LayerKey> elsewhere = new ArrayList<>();
    for (LayerKey key : groups.keySet()) {
      if (built.containsKey(key)) {
        continue;
      }
      Optional<SingleFlight<LayerKey, BuiltLayer>.Claim> claim = factory.flights.claim(key);
      if (claim.isEmpty()) {
        elsewhere.add(key);
        continue;
      }
      claims.put(key, claim.get());
      Optional<BuiltLayer> known = factory.state.built(key);
      // Evicted since, it is made again, to the same digest.
      if (known.isPresent() && sink.has(known.get().blob())) {
        claims.remove(key);
        claim.get().made(known.get());
        found(key, known.get());
      }
    }
    return elsewhere;
  }

  private void buildClaimed(
      Map<LayerKey, SingleFlight<LayerKey, BuiltLayer>.Claim> claims, Cancellation cancellation)
      throws IOException {
    View view = analysis.view();
    Map<Group, LayerKey> mine = new LinkedHashMap<>();
    groups.forEach((key, group) -> {
      if (claims.containsKey(key)) {
        mine.put(group, key);
      }
    });
    long total =
        mine.keySet().stream().flatMapToInt(Group::entries).mapToLong(view::storedLength).sum();
    PhaseCounter counter = new PhaseCounter(progress, Phase.BUILD, total);
    new GroupBuilder(
            view,
            analysis.contents(),
            packing,
            factory.options.temporary(),
            factory.options.temporaryBytes(),
            factory.workers,
            cancellation,
            counter::add)
        .build(
            List.copyOf(mine.keySet()),
            sink,
            layerType,
            (group, layer) -> {
              LayerKey key = Objects.requireNonNull(mine.get(group));
              factory.state.putBuilt(key, layer);
              built.put(key, layer);
              Objects.requireNonNull(claims.get(key)).made(layer);
            });
  }

  /** Reads back what nobody has read yet, and compares the whole with the source. */
  void verify(Cancellation cancellation) throws IOException {
    List<BuiltLayer> layers = groups.keySet().stream().map(this::layer).toList();
    long total = layers.stream().mapToLong(BuiltLayer::blobLength).sum();
    PhaseCounter counter = new PhaseCounter(progress, Phase.VERIFY, total);
    Map<BuiltLayer, LayerIndex> scanned = new ConcurrentHashMap<>();
    factory.workers.forEach(
        layers,
        LayerScans.PROCESSORS_A_SCAN,
        layer -> {
          PhaseCounter.Scan scan = counter.scan(layer.blobLength());
          scanned.put(layer, factory.indexes.index(layer.blob(), sink, cancellation, scan));
          scan.end();
        });
    List<LayerIndex> inOrder = new ArrayList<>();
    for (BuiltLayer layer : layers) {
      LayerIndex index = Objects.requireNonNull(scanned.get(layer));
      LayeringCheck.checkDiffId(layer.diffId(), index);
      inOrder.add(index);
    }
    LayeringCheck.check(inOrder, analysis.view(), analysis.treeDigest());
  }

  private BuiltLayer layer(LayerKey key) {
    return Objects.requireNonNull(built.get(key));
  }

  List<ImageWriter.Layer> written() {
    List<ImageWriter.Layer> written = new ArrayList<>();
    groups.forEach((key, group) ->
        written.add(
            new ImageWriter.Layer(
                group.name(),
                layer(key),
                Descriptor.of(layerType, layer(key).blob(), layer(key).blobLength()))));
    return written;
  }

  List<Outcome.Layer> outcome() {
    List<Outcome.Layer> outcome = new ArrayList<>();
    groups.forEach((key, group) ->
        outcome.add(new Outcome.Layer(group.name(), layer(key), reused.contains(key))));
    return outcome;
  }
}
