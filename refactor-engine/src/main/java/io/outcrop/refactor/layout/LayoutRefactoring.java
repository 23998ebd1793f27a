package io.outcrop.refactor.layout;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.oci.InvalidManifestException;
import io.outcrop.oci.Manifest;
import io.outcrop.oci.ManifestParser;
import io.outcrop.refactor.Annotations;
import io.outcrop.refactor.Outcome;
import io.outcrop.refactor.RefactorEngine;
import io.outcrop.refactor.RefactorProgress;
import io.outcrop.refactor.RefactorRequest;
import io.outcrop.refactor.build.IndexWriter;
import io.outcrop.refactor.build.LayoutContents;
import io.outcrop.refactor.layout.LayoutOutcome.Part;
import io.outcrop.refactor.model.Cancellation;
import io.outcrop.refactor.model.Reason;
import io.outcrop.refactor.model.RefusedException;
import io.outcrop.storage.layout.LayoutException;
import io.outcrop.storage.layout.OciLayout;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Refactors images of a layout, into the same layout: what is made of {@code NAME} is called {@code
 * NAME-refactored}. The originals stay as they are. Whenever it is cut, the layout is whole, and
 * the same request goes on from there. One thread at a time.
 */
public final class LayoutRefactoring {

  private final OciLayout layout;
  private final LayoutContents contents;
  private final RefactorEngine engine;
  private final LayoutRules rules;

  /**
   * @param layout which nobody else refactors
   * @param engine does the work
   */
  public LayoutRefactoring(OciLayout layout, RefactorEngine engine, LayoutRules rules) {
    this.layout = layout;
    this.contents = new LayoutContents(layout);
    this.engine = engine;
    this.rules = rules;
  }

  /**
   * Refactors an entry; of an index, each image that is there.
   *
   * @throws IOException if the layout cannot be read or written, or the work was cancelled
   */
  public LayoutOutcome refactor(
      LayoutImage image, Cancellation cancellation, RefactorProgress progress) throws IOException {
    Optional<LayoutImage> standing = LayoutImages.of(layout.index()).refactored(image);
    if (standing.isPresent() && isStanding(image, standing.get().entry())) {
      return new LayoutOutcome.Standing(standing.get().entry());
    }
    List<Part> parts = new ArrayList<>();
    try {
      for (PlatformImage part : PlatformImages.of(layout, image.entry())) {
        parts.add(new Part(part, one(part.manifest(), cancellation, progress)));
      }
      Map<Digest, Descriptor> replaced = publish(parts);
      return replaced.isEmpty()
          ? new LayoutOutcome.Left(parts)
          : new LayoutOutcome.Refactored(list(image, replaced, parts), parts);
    } catch (LayoutException e) {
      parts.add(
          new Part(
              new PlatformImage(Optional.empty(), image.entry()),
              new Outcome.PassThrough(Reason.CONTENT_MISSING, String.valueOf(e.getMessage()))));
      return new LayoutOutcome.Left(parts);
    }
  }

  private Outcome one(Descriptor manifest, Cancellation cancellation, RefactorProgress progress)
      throws IOException {
    try {
      byte[] bytes = layout.document(manifest);
      if (source(bytes, manifest).isPresent()) {
        return new Outcome.PassThrough(
            Reason.ALREADY_REFACTORED, "its manifest names the image it was made of");
      }
      return engine.refactor(
          new RefactorRequest(
              bytes,
              manifest.mediaType(),
              contents,
              contents,
              rules.planner(),
              rules.packing(),
              rules.maxLayers()),
          cancellation,
          progress);
    } catch (LayoutException e) {
      return new Outcome.PassThrough(Reason.CONTENT_MISSING, String.valueOf(e.getMessage()));
    }
  }

  /** What a manifest says it was made of; one that cannot be read is for the engine to judge. */
  private static Optional<String> source(byte[] bytes, Descriptor manifest) {
    try {
      return Optional.ofNullable(
          ManifestParser.parse(bytes, manifest.mediaType()).annotations().get(Annotations.SOURCE));
    } catch (InvalidManifestException _) {
      return Optional.empty();
    }
  }

  /** Writes the new manifests; by the digest of their sources. */
  private Map<Digest, Descriptor> publish(List<Part> parts) throws IOException {
    Map<Digest, Descriptor> replaced = new LinkedHashMap<>();
    for (Part part : parts) {
      if (part.outcome() instanceof Outcome.Refactored refactored) {
        contents.put(refactored.manifest(), refactored.descriptor().mediaType());
        replaced.put(part.image().manifest().digest(), refactored.descriptor());
      }
    }
    return replaced;
  }

  private Descriptor list(LayoutImage image, Map<Digest, Descriptor> replaced, List<Part> parts)
      throws IOException {
    Map<String, String> annotations = new LinkedHashMap<>();
    if (!image.entry().mediaType().isIndex()
        && parts.getFirst().outcome() instanceof Outcome.Refactored refactored) {
      annotations.putAll(refactored.annotations());
    }
    annotations.put(Annotations.SOURCE, image.entry().digest().toString());
    // Also where an image in Docker's format gets another compression: it is what was asked for.
    annotations.put(Annotations.POLICY, rules.policy());
    Descriptor root = rewritten(image.entry(), replaced, annotations).orElseThrow();
    Descriptor entry =
        new Descriptor(
            root.mediaType(),
            root.digest(),
            root.size(),
            image.entry().platform(),
            image.entry().artifactType(),
            image.refactoredAnnotations(annotations),
            List.of());
    layout.update(index -> index.with(entry));
    return entry;
  }

  /** What takes the place of a manifest or index, if anything does. */
  private Optional<Descriptor> rewritten(
      Descriptor source, Map<Digest, Descriptor> replaced, Map<String, String> annotations)
      throws IOException {
    if (!source.mediaType().isIndex()) {
      return Optional.ofNullable(replaced.get(source.digest()));
    }
    Map<Digest, Descriptor> children = new LinkedHashMap<>();
    for (Descriptor child : PlatformImages.index(layout, source).manifests()) {
      if (!child.mediaType().isIndex() || layout.size(child.digest()).isPresent()) {
        rewritten(child, replaced, Map.of(Annotations.SOURCE, child.digest().toString()))
            .ifPresent(descriptor -> children.put(child.digest(), descriptor));
      }
    }
    if (children.isEmpty()) {
      return Optional.empty();
    }
    try {
      byte[] index =
          IndexWriter.rewrite(layout.document(source), source.mediaType(), children, annotations);
      contents.put(index, source.mediaType());
      return Optional.of(Descriptor.of(source.mediaType(), Digest.sha256(index), index.length));
    } catch (RefusedException e) {
      throw new LayoutException("index " + source.digest() + ": " + e.getMessage(), e);
    }
  }

  /**
   * Whether what was made before is what would be made now, and all of it is still there. Images of
   * an index that were left as they are had a reason then: if they are whole, they are tried again.
   */
  private boolean isStanding(LayoutImage image, Descriptor entry) throws IOException {
    if (!rules.policy().equals(entry.annotations().get(Annotations.POLICY))) {
      return false;
    }
    try {
      List<PlatformImage> originals = PlatformImages.of(layout, image.entry());
      for (PlatformImage made : PlatformImages.of(layout, entry)) {
        boolean left =
            originals.stream()
                .anyMatch(one -> one.manifest().digest().equals(made.manifest().digest()));
        if (made.manifest().mediaType().isImage() && isWhole(made.manifest()) == left) {
          return false;
        }
      }
      return true;
    } catch (LayoutException _) {
      return false;
    }
  }

  private boolean isWhole(Descriptor descriptor) throws IOException {
    byte[] bytes = layout.document(descriptor);
    try {
      Manifest manifest = ManifestParser.parse(bytes, descriptor.mediaType());
      for (Descriptor child : manifest.children().toList()) {
        if (layout.size(child.digest()).orElse(-1) != child.size()) {
          return false;
        }
      }
      return true;
    } catch (InvalidManifestException _) {
      return false;
    }
  }
}
