package io.outcrop.proxy.images;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.oci.Manifest;
import io.outcrop.oci.Platform;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.images.ImagePart.Kind;
import io.outcrop.proxy.upstream.UpstreamException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** One walk through the documents of an image, bounded in depth and number. Not thread-safe. */
final class ImageWalk {

  private static final int MOST_DEPTH = 4;
  private static final int MOST_DOCUMENTS = 2_000;
  private static final int MOST_PARTS = 50_000;

  private final ManifestSource source;
  private final Repository repository;
  private final Platforms platforms;
  private final Map<Digest, ImagePart> documents = new LinkedHashMap<>();
  private final Map<Digest, ImagePart> blobs = new LinkedHashMap<>();
  private final List<Digest> unread = new ArrayList<>();
  private final Set<Digest> foreign = new HashSet<>();

  ImageWalk(ManifestSource source, Repository repository, Platforms platforms) {
    this.source = source;
    this.repository = repository;
    this.platforms = platforms;
  }

  ImageParts result(Digest root) {
    List<ImagePart> parts = new ArrayList<>(documents.values());
    blobs.forEach((digest, part) -> {
      if (!documents.containsKey(digest)) {
        parts.add(part);
      }
    });
    return new ImageParts(repository, root, parts, unread, foreign.size());
  }

  /**
   * Takes in a document and all below it.
   *
   * @param named the descriptor by which another document names it
   */
  void document(Digest digest, Optional<Descriptor> named, Optional<Platform> platform, int depth)
      throws ImageException, UpstreamException, IOException {
    if (documents.containsKey(digest)) {
      return;
    }
    if (depth > MOST_DEPTH) {
      throw new ImageException(
          repository + ": its indexes are nested deeper than " + MOST_DEPTH + " levels");
    }
    if (documents.size() >= MOST_DOCUMENTS) {
      throw new ImageException(
          repository + ": its indexes list more than " + MOST_DOCUMENTS + " manifests");
    }
    Optional<ManifestSource.Document> document = source.document(repository, digest);
    if (document.isEmpty()) {
      unread.add(digest);
      named.ifPresent(descriptor ->
          documents.put(
              digest,
              new ImagePart(
                  descriptor.mediaType().isIndex() ? Kind.INDEX : Kind.MANIFEST,
                  digest,
                  descriptor.size(),
                  descriptor.mediaType(),
                  platform,
                  digest)));
      return;
    }
    Manifest manifest = ImageGraph.parse(digest, document.get());
    documents.put(
        digest,
        new ImagePart(
            manifest instanceof Manifest.Index ? Kind.INDEX : Kind.MANIFEST,
            digest,
            document.get().bytes().length,
            document.get().mediaType(),
            platform,
            digest));
    switch (manifest) {
      case Manifest.Index index -> index(index, depth);
      case Manifest.Image image -> image(digest, image);
    }
  }

  private void index(Manifest.Index index, int depth)
      throws ImageException, UpstreamException, IOException {
    Set<Digest> included = new HashSet<>();
    Set<String> others = new TreeSet<>();
    for (Descriptor child : index.manifests()) {
      Optional<Platform> platform = child.platform().filter(p -> !ImageGraph.isUnknown(p));
      if (ImageGraph.attests(child).isPresent()) {
        continue;
      }
      if (platforms.include(platform)) {
        included.add(child.digest());
        child(child, platform, depth);
      } else {
        others.add(String.valueOf(platform.orElseThrow()));
      }
    }
    if (included.isEmpty() && !others.isEmpty()) {
      throw new ImageException(
          repository + ": is for " + String.join(", ", others) + " (expected: " + platforms + ")");
    }
    // What attests to a manifest goes where that goes, whatever platform it says it is for.
    for (Descriptor child : index.manifests()) {
      if (ImageGraph.attests(child).filter(included::contains).isPresent()) {
        child(child, Optional.empty(), depth);
      }
    }
  }

  private void child(Descriptor child, Optional<Platform> platform, int depth)
      throws ImageException, UpstreamException, IOException {
    if (ImageGraph.isDocument(child.mediaType())) {
      document(child.digest(), Optional.of(child), platform, depth + 1);
    } else {
      blob(Kind.LAYER, child, child.digest());
    }
  }

  private void image(Digest digest, Manifest.Image image) throws ImageException {
    blob(Kind.CONFIG, image.config(), digest);
    for (Descriptor layer : image.layers()) {
      if (ImageGraph.isForeign(layer)) {
        foreign.add(layer.digest());
      } else {
        blob(Kind.LAYER, layer, digest);
      }
    }
  }

  private void blob(Kind kind, Descriptor descriptor, Digest manifest) throws ImageException {
    blobs.putIfAbsent(
        descriptor.digest(),
        new ImagePart(
            kind,
            descriptor.digest(),
            descriptor.size(),
            descriptor.mediaType(),
            Optional.empty(),
            manifest));
    if (blobs.size() > MOST_PARTS) {
      throw new ImageException(repository + ": consists of more than " + MOST_PARTS + " parts");
    }
  }
}
