package io.outcrop.proxy.images;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.oci.InvalidManifestException;
import io.outcrop.oci.Manifest;
import io.outcrop.oci.ManifestParser;
import io.outcrop.oci.MediaType;
import io.outcrop.oci.Platform;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.resolve.ManifestService;
import io.outcrop.proxy.resolve.ServedManifest;
import io.outcrop.proxy.upstream.UpstreamException;
import io.outcrop.storage.ContentInfo;
import io.outcrop.storage.ContentStore;
import io.outcrop.storage.cache.ReplacementPolicy;
import java.io.IOException;
import java.util.Optional;

/**
 * Finds what belongs to an image: from an index or manifest to its configurations and layers.
 * Blocks; thread-safe.
 */
public final class ImageGraph {

  private final ManifestSource held;
  private final ManifestSource fetched;

  /** Reads documents from what is held, or fetches them as those of any client. */
  public ImageGraph(ContentStore store, ManifestService manifests) {
    held =
        (repository, digest) -> {
          Optional<ContentInfo> info = store.info(digest);
          return info.isEmpty() || info.get().mediaType().isEmpty()
              ? Optional.empty()
              : store
                  .bytes(digest)
                  .map(bytes -> new ManifestSource.Document(bytes, info.get().mediaType().get()));
        };
    fetched =
        (repository, digest) -> {
          ServedManifest manifest =
              manifests.get(repository, digest, ReplacementPolicy.UNKNOWN_CLIENT);
          return Optional.of(new ManifestSource.Document(manifest.bytes(), manifest.mediaType()));
        };
  }

  /**
   * What belongs to an image, as far as its documents are held. What is missing of them is among
   * the {@link ImageParts#unread}.
   *
   * @throws ImageException if a document cannot be read
   * @throws IOException if the store fails
   */
  public ImageParts held(Repository repository, Digest root, Platforms platforms)
      throws ImageException, IOException {
    try {
      return walk(held, repository, root, platforms);
    } catch (UpstreamException e) {
      throw new IllegalStateException("nobody was asked", e);
    }
  }

  /**
   * What belongs to an image; what is missing of its documents is fetched.
   *
   * @throws ImageException if a document cannot be read, or the image is not for any of these
   *     platforms
   * @throws UpstreamException if a document cannot be had
   * @throws IOException if the store fails
   */
  public ImageParts fetched(Repository repository, Digest root, Platforms platforms)
      throws ImageException, UpstreamException, IOException {
    return walk(fetched, repository, root, platforms);
  }

  private static ImageParts walk(
      ManifestSource source, Repository repository, Digest root, Platforms platforms)
      throws ImageException, UpstreamException, IOException {
    ImageWalk walk = new ImageWalk(source, repository, platforms);
    walk.document(root, Optional.empty(), Optional.empty(), 0);
    return walk.result(root);
  }

  /** What a document says it consists of. */
  static Manifest parse(Digest digest, ManifestSource.Document document) throws ImageException {
    try {
      return ManifestParser.parse(document.bytes(), document.mediaType());
    } catch (InvalidManifestException e) {
      throw new ImageException("manifest " + digest + ": " + e.getMessage());
    }
  }

  /** Whether a layer is to be had from other places only than the registry. */
  static boolean isForeign(Descriptor layer) {
    String type = layer.mediaType().value();
    return !layer.urls().isEmpty()
        && (type.contains(".foreign.") || type.contains(".nondistributable."));
  }

  /** Whether a manifest says of another in the same index how it was made. */
  static Optional<Digest> attests(Descriptor descriptor) {
    return "attestation-manifest".equals(descriptor.annotations().get("vnd.docker.reference.type"))
        ? Optional.ofNullable(descriptor.annotations().get("vnd.docker.reference.digest"))
            .flatMap(ImageGraph::digest)
        : Optional.empty();
  }

  /** Whether a platform is the placeholder of what runs on none. */
  static boolean isUnknown(Platform platform) {
    return platform.os().equals("unknown") || platform.os().isEmpty();
  }

  static boolean isDocument(MediaType type) {
    return type.isIndex() || type.isImage();
  }

  private static Optional<Digest> digest(String text) {
    try {
      return Optional.of(Digest.parse(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
