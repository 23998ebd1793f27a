package io.outcrop.proxy.refactor;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.oci.InvalidManifestException;
import io.outcrop.oci.Manifest;
import io.outcrop.oci.ManifestParser;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.images.Platforms;
import io.outcrop.proxy.resolve.ServedManifest;
import io.outcrop.proxy.upstream.UpstreamException;
import io.outcrop.refactor.Annotations;
import io.outcrop.refactor.build.IndexWriter;
import io.outcrop.refactor.model.RefusedException;
import io.outcrop.storage.ContentInfo.Origin;
import io.outcrop.storage.ContentStore;
import io.outcrop.storage.DerivedImage;
import io.outcrop.storage.DerivedImage.Kind;
import io.outcrop.storage.DerivedImage.Made;
import io.outcrop.storage.DerivedImage.Part;
import io.outcrop.storage.DerivedImage.Refused;
import io.outcrop.storage.Link;
import io.outcrop.storage.LinkState;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes an index of another one, in which the images of some platforms are replaced by what was
 * made of them. All else stays as it is. Thread-safe; blocks.
 */
final class IndexRefactorer {

  private final ContentStore store;
  private final MadeImages images;
  private final Recipe recipe;
  private final Platforms platforms;
  private final InstantSource clock;

  /**
   * @param platforms whose images are replaced
   */
  IndexRefactorer(
      ContentStore store,
      MadeImages images,
      Recipe recipe,
      Platforms platforms,
      InstantSource clock) {
    this.store = store;
    this.images = images;
    this.recipe = recipe;
    this.platforms = platforms;
    this.clock = clock;
  }

  /** The recipe of an index: also which images are replaced. */
  String text() {
    return recipe.text() + ";platforms=" + String.join(",", platforms.toTexts());
  }

  /** Makes the image of one platform. */
  interface Maker {
    DerivedImage make(Digest source) throws UpstreamException, IOException;
  }

  /**
   * Makes an index, or finds what came of that before; what was made can be read through the
   * repository when this returns.
   */
  DerivedImage refactor(Repository repository, ServedManifest source, Maker maker)
      throws UpstreamException, IOException {
    Manifest.Index index;
    try {
      if (!(ManifestParser.parse(source.bytes(), source.mediaType())
          instanceof Manifest.Index parsed)) {
        throw new InvalidManifestException("no index, but " + source.mediaType());
      }
      index = parsed;
    } catch (InvalidManifestException e) {
      return refuse(source.digest(), "invalid-manifest", String.valueOf(e.getMessage()));
    }
    Optional<DerivedImage> known = store.derived().find(source.digest(), text());
    if (known.isPresent() && known.get().result() instanceof Refused) {
      return known.get();
    }
    // Also where all is known: whether this repository may read it is to be seen.
    Map<Digest, DerivedImage> made = new LinkedHashMap<>();
    Optional<Refused> why = Optional.empty();
    for (Descriptor listed : index.manifests()) {
      if (isWanted(listed)) {
        DerivedImage image = maker.make(listed.digest());
        switch (image.result()) {
          case Made _ -> made.put(listed.digest(), image);
          case Refused refused -> why = why.or(() -> Optional.of(refused));
        }
      }
    }
    if (known.isEmpty()) {
      known =
          Optional.of(
              made.isEmpty()
                  ? refuse(
                      source.digest(),
                      why.map(Refused::reason).orElse("no-platform"),
                      why.map(Refused::detail).orElse("it has no image for " + platforms))
                  : write(repository, source, made));
    }
    if (known.get().result() instanceof Made result) {
      images.give(repository, result);
    }
    return known.get();
  }

  /** The images of an index that are replaced; none if it cannot be read. */
  List<Descriptor> wanted(ServedManifest source) {
    try {
      return ManifestParser.parse(source.bytes(), source.mediaType())
          .children()
          .filter(this::isWanted)
          .toList();
    } catch (InvalidManifestException e) {
      return List.of();
    }
  }

  private boolean isWanted(Descriptor listed) {
    return listed.mediaType().isImage()
        && listed.platform().isPresent()
        && !listed.platform().get().os().equals("unknown")
        && !listed.annotations().containsKey("vnd.docker.reference.type")
        && platforms.include(listed.platform());
  }

  private DerivedImage write(
      Repository repository, ServedManifest source, Map<Digest, DerivedImage> made)
      throws IOException {
    Map<Digest, Descriptor> replacements = new LinkedHashMap<>();
    List<Part> parts = new ArrayList<>();
    long sourceBytes = 0;
    for (Map.Entry<Digest, DerivedImage> image : made.entrySet()) {
      Made result = (Made) image.getValue().result();
      Part root =
          result.parts().stream()
              .filter(part -> part.digest().equals(result.root()))
              .findFirst()
              .orElseThrow();
      replacements.put(image.getKey(), Descriptor.of(root.mediaType(), root.digest(), root.size()));
      parts.add(root);
      sourceBytes += image.getValue().sourceBytes();
    }
    byte[] bytes;
    try {
      bytes =
          IndexWriter.rewrite(
              source.bytes(),
              source.mediaType(),
              replacements,
              Map.of(Annotations.SOURCE, source.digest().toString(), Annotations.POLICY, text()));
    } catch (RefusedException e) {
      return refuse(source.digest(), e.reason().code(), String.valueOf(e.getMessage()));
    }
    Digest root = Digest.sha256(bytes);
    parts.addFirst(new Part(root, Kind.DOCUMENT, source.mediaType(), bytes.length, 0, true));
    store.put(
        root,
        bytes,
        source.mediaType(),
        Origin.PRIVATE,
        List.of(new Link(repository, root, LinkState.PROVEN)));
    DerivedImage derived =
        new DerivedImage(
            source.digest(),
            text(),
            sourceBytes,
            clock.instant(),
            new Made(root, source.mediaType(), parts));
    store.derived().put(derived, Map.of(root, bytes));
    return derived;
  }

  private DerivedImage refuse(Digest source, String reason, String detail) throws IOException {
    DerivedImage refused =
        new DerivedImage(source, text(), 0, clock.instant(), new Refused(reason, detail));
    store.derived().put(refused, Map.of());
    return refused;
  }
}
