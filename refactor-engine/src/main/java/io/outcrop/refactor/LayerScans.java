package io.outcrop.refactor;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.refactor.RefactorProgress.Phase;
import io.outcrop.refactor.build.ContentSource;
import io.outcrop.refactor.build.LayerIndexes;
import io.outcrop.refactor.build.LayerTypes;
import io.outcrop.refactor.build.SourceImage;
import io.outcrop.refactor.build.Workers;
import io.outcrop.refactor.compress.Compression;
import io.outcrop.refactor.model.Cancellation;
import io.outcrop.refactor.model.Limits;
import io.outcrop.refactor.model.Reason;
import io.outcrop.refactor.model.RefusedException;
import io.outcrop.refactor.scan.LayerIndex;
import io.outcrop.refactor.scan.LayerScanner;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/** Scans the layers of an image, some at the same time, and checks that they are those it means. */
final class LayerScans {

  /** One expands and hashes the archive, one reads it. */
  static final int PROCESSORS_A_SCAN = 2;

  private final Workers workers;
  private final LayerIndexes indexes;
  private final Limits limits;

  LayerScans(Workers workers, LayerIndexes indexes, Limits limits) {
    this.workers = workers;
    this.indexes = indexes;
    this.limits = limits;
  }

  /** What is in each layer, bottom first. */
  List<LayerIndex> layers(
      SourceImage image, ContentSource source, Cancellation cancellation, RefactorProgress progress)
      throws IOException {
    Map<Digest, Descriptor> distinct = new LinkedHashMap<>();
    image.layers().forEach(layer -> distinct.put(layer.digest(), layer));
    long total = distinct.values().stream().mapToLong(Descriptor::size).sum();
    PhaseCounter counter = new PhaseCounter(progress, Phase.SCAN, total);
    Map<Digest, LayerIndex> scanned = new ConcurrentHashMap<>();
    workers.forEach(
        List.copyOf(distinct.values()),
        PROCESSORS_A_SCAN,
        layer -> {
          PhaseCounter.Scan scan = counter.scan(layer.size());
          scanned.put(layer.digest(), indexes.index(layer.digest(), source, cancellation, scan));
          scan.end();
          checkTotal(scanned);
        });
    List<LayerIndex> layers = new ArrayList<>();
    for (int i = 0; i < image.layers().size(); i++) {
      Descriptor descriptor = image.layers().get(i);
      LayerIndex index = Objects.requireNonNull(scanned.get(descriptor.digest()));
      LayerScanner.checkDiffId(index, image.diffIds().get(i));
      checkCompression(descriptor, index);
      layers.add(index);
    }
    return layers;
  }

  private void checkTotal(Map<Digest, LayerIndex> scanned) throws RefusedException {
    long entries = scanned.values().stream().mapToLong(LayerIndex::size).sum();
    if (entries > limits.maxEntries()) {
      throw new RefusedException(
          Reason.TOO_MANY_ENTRIES,
          "more than " + limits.maxEntries() + " entries in all layers together");
    }
  }

  private static void checkCompression(Descriptor layer, LayerIndex index) throws RefusedException {
    if (LayerTypes.declared(layer) == Compression.NONE && index.compression() != Compression.NONE) {
      throw new RefusedException(
          Reason.MEDIA_TYPE,
          "layer "
              + layer.digest()
              + " is "
              + index.compression()
              + ", but of type "
              + layer.mediaType());
    }
  }
}
