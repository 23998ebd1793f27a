package io.outcrop.refactor.layout;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.oci.InvalidManifestException;
import io.outcrop.oci.Manifest;
import io.outcrop.oci.ManifestParser;
import io.outcrop.refactor.Annotations;
import io.outcrop.refactor.build.LayerTypes;
import io.outcrop.refactor.build.LayoutContents;
import io.outcrop.refactor.build.SourceImage;
import io.outcrop.refactor.model.Cancellation;
import io.outcrop.refactor.model.ContentHash;
import io.outcrop.refactor.model.Limits;
import io.outcrop.refactor.model.RefusedException;
import io.outcrop.refactor.scan.LayerIndex;
import io.outcrop.refactor.scan.ScanProgress;
import io.outcrop.refactor.view.Fold;
import io.outcrop.refactor.view.ReverseFold;
import io.outcrop.refactor.view.TreeDigest;
import io.outcrop.refactor.view.View;
import io.outcrop.storage.layout.LayoutException;
import io.outcrop.storage.layout.OciLayout;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Checks images of a layout by reading all of their bytes, whatever was found out before: every
 * blob is what its digest says, every layer what the configuration says, and the root file system
 * is the same by two folds that share no code. A layer of several images is read once, while there
 * is room to remember it. One thread at a time.
 */
public final class LayoutVerifier {

  /** Some 100 bytes each. Beyond, layers that come again are read again. */
  private static final int MOST_ENTRIES_KEPT = 1_000_000;

  private final OciLayout layout;
  private final Cancellation cancellation;
  private final Map<Digest, LayerReading> readings = new HashMap<>();
  private int entriesKept;

  /**
   * @param cancellation ends any check
   */
  public LayoutVerifier(OciLayout layout, Cancellation cancellation) {
    this.layout = layout;
    this.cancellation = cancellation;
  }

  /**
   * Checks the images of an entry.
   *
   * @param progress is told of the bytes of each layer from none
   * @throws IOException if the layout cannot be read, or the work was cancelled
   */
  public List<Verification> verify(LayoutImage image, ScanProgress progress) throws IOException {
    List<Verification> results = new ArrayList<>();
    try {
      List<PlatformImage> parts = PlatformImages.of(layout, image.entry());
      for (PlatformImage part : parts) {
        results.add(
            verify(LayoutStrata.name(image.label(), part, parts.size() > 1), part, progress));
      }
      if (parts.isEmpty()) {
        results.add(failed(image.label(), "no image of it is in the layout"));
      }
    } catch (LayoutException e) {
      results.add(failed(image.label(), String.valueOf(e.getMessage())));
    }
    return results;
  }

  /**
   * Checks that images are the same for those who run them.
   *
   * @param original what the check of an entry found
   * @param refactored what that of the one made of it found
   * @return the latter, with what does not match
   */
  public static List<Verification> compare(
      List<Verification> original, List<Verification> refactored) {
    if (original.size() != refactored.size()) {
      return List.of(
          refactored
              .getFirst()
              .with(
                  refactored.size()
                      + " images (expected: as in the original, "
                      + original.size()
                      + ")"));
    }
    List<Verification> compared = new ArrayList<>();
    for (int i = 0; i < original.size(); i++) {
      compared.add(compare(original.get(i), refactored.get(i)));
    }
    return compared;
  }

  private static Verification compare(Verification original, Verification refactored) {
    if (original.tree().equals(refactored.tree())) {
      return refactored;
    }
    return original.tree().isEmpty()
        ? refactored.with("not compared: " + original.image() + " has no root file system to show")
        : refactored.with(
            "root file system "
                + refactored.tree().map(Object::toString).orElse("unknown")
                + " (expected: "
                + original.tree().get()
                + ", as "
                + original.image()
                + " has)");
  }

  private static Verification failed(String name, String problem) {
    return new Verification(name, 0, 0, Optional.empty(), List.of(), List.of(problem));
  }

  /**
   * Checks one image.
   *
   * @param name what it is called in the result
   * @param progress is told of the bytes of each layer from none
   * @throws IOException if the layout cannot be read, or the work was cancelled
   */
  private Verification verify(String name, PlatformImage image, ScanProgress progress)
      throws IOException {
    Check check = new Check();
    try {
      check.image(image.manifest(), progress);
    } catch (LayoutException e) {
      check.problems.add(String.valueOf(e.getMessage()));
    }
    return new Verification(
        name, check.layers, check.bytes, check.tree, check.notes, check.problems);
  }

  /** The check of one image under way. */
  private final class Check {
    private final List<String> notes = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final List<RefusedException> refusals = new ArrayList<>();
    private Optional<ContentHash> tree = Optional.empty();
    private int layers;
    private long bytes;

    void image(Descriptor descriptor, ScanProgress progress) throws IOException {
      byte[] bytesOfManifest = layout.document(descriptor);
      Manifest manifest;
      try {
        manifest = ManifestParser.parse(bytesOfManifest, descriptor.mediaType());
      } catch (InvalidManifestException e) {
        problems.add("manifest " + descriptor.digest() + ": " + e.getMessage());
        return;
      }
      if (!(manifest instanceof Manifest.Image image)) {
        problems.add("manifest " + descriptor.digest() + ": lists no layers");
        return;
      }
      blob("configuration", image.config());
      List<LayerIndex> indexes = new ArrayList<>();
      for (Descriptor layer : image.layers()) {
        layer(layer, progress).ifPresent(indexes::add);
      }
      if (problems.isEmpty()) {
        rootFileSystem(bytesOfManifest, descriptor, image, indexes);
      }
    }

    private void blob(String what, Descriptor blob) throws IOException {
      if (layout.size(blob.digest()).isEmpty()) {
        problems.add(what + " " + blob.digest() + ": is not in the layout");
      } else {
        same(what, blob, LayerReading.blob(layout, blob, cancellation));
      }
    }

    private Optional<LayerIndex> layer(Descriptor layer, ScanProgress progress) throws IOException {
      if (layout.size(layer.digest()).isEmpty()) {
        if (layer.urls().isEmpty()) {
          problems.add("layer " + layer.digest() + ": is not in the layout");
        } else {
          notes.add("layer " + layer.digest() + ": is to be fetched from elsewhere");
        }
        return Optional.empty();
      }
      LayerReading reading = read(layer, progress);
      layers++;
      bytes += reading.length();
      same("layer", layer, reading);
      reading.refusal().ifPresent(refusals::add);
      return reading.index();
    }

    private LayerReading read(Descriptor layer, ScanProgress progress) throws IOException {
      LayerReading known = readings.get(layer.digest());
      if (known == null) {
        known =
            isLayer(layer)
                ? LayerReading.layer(layout, layer, cancellation, progress)
                : LayerReading.blob(layout, layer, cancellation);
        keep(layer.digest(), known);
      }
      return known;
    }

    private void same(String what, Descriptor descriptor, LayerReading reading) {
      if (reading.length() != descriptor.size()) {
        problems.add(
            "%s %s: %d bytes (expected: %d)"
                .formatted(what, descriptor.digest(), reading.length(), descriptor.size()));
      } else if (!reading.digest().equals(descriptor.digest())) {
        problems.add(
            "%s %s: its bytes hash to %s".formatted(what, descriptor.digest(), reading.digest()));
      }
    }

    private void rootFileSystem(
        byte[] manifest, Descriptor descriptor, Manifest.Image image, List<LayerIndex> indexes)
        throws IOException {
      SourceImage source;
      try {
        source =
            SourceImage.read(
                manifest, descriptor.mediaType(), new LayoutContents(layout), Limits.DEFAULT);
      } catch (RefusedException e) {
        refused(e);
        return;
      }
      if (indexes.size() != image.layers().size()) {
        refusals.forEach(this::refused);
        return;
      }
      for (int i = 0; i < indexes.size(); i++) {
        if (!indexes.get(i).diffId().equals(source.diffIds().get(i))) {
          problems.add(
              "layer %s: unpacks to %s (expected: %s)"
                  .formatted(
                      image.layers().get(i).digest(),
                      indexes.get(i).diffId(),
                      source.diffIds().get(i)));
        }
      }
      fold(indexes, image.annotations());
    }

    private void refused(RefusedException e) {
      String line = e.reason().code() + ": " + e.getMessage();
      switch (e.reason().kind()) {
        case DAMAGED, FAULT -> problems.add(line);
        case UNSUPPORTED, LIMIT, AMBIGUOUS -> notes.add("root file system not compared: " + line);
      }
    }

    private void fold(List<LayerIndex> indexes, Map<String, String> annotations) {
      View view = Fold.fold(indexes);
      if (!view.ambiguities().isEmpty()) {
        refused(
            new RefusedException(
                view.ambiguities().getFirst().reason(), view.ambiguities().getFirst().detail()));
        return;
      }
      ContentHash up = TreeDigest.of(view);
      ContentHash down = ReverseFold.treeDigest(indexes);
      if (!up.equals(down)) {
        problems.add("root file system: " + up + " folded upwards, " + down + " folded downwards");
      }
      tree = Optional.of(up);
      String stated = annotations.getOrDefault(Annotations.TREE, up.toString());
      if (!stated.equals(up.toString())) {
        problems.add(
            "root file system: " + up + " (expected: " + stated + ", as the manifest says)");
      }
    }
  }

  private void keep(Digest digest, LayerReading reading) {
    int entries = reading.index().map(LayerIndex::size).orElse(0);
    if (entriesKept + entries > MOST_ENTRIES_KEPT) {
      readings.clear();
      entriesKept = 0;
    }
    readings.put(digest, reading);
    entriesKept += entries;
  }

  private static boolean isLayer(Descriptor layer) {
    try {
      LayerTypes.declared(layer);
      return true;
    } catch (RefusedException _) {
      return false;
    }
  }
}
