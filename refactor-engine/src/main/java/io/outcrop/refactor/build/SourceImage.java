package io.outcrop.refactor.build;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.oci.InvalidManifestException;
import io.outcrop.oci.Manifest;
import io.outcrop.oci.ManifestParser;
import io.outcrop.oci.MediaType;
import io.outcrop.refactor.model.ContentHash;
import io.outcrop.refactor.model.Limits;
import io.outcrop.refactor.model.Reason;
import io.outcrop.refactor.model.RefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The manifest and configuration of an image, found to be of a kind that can be refactored. */
public final class SourceImage {

  private static final Set<String> CONFIGURATIONS =
      Set.of(
          "application/vnd.oci.image.config.v1+json",
          "application/vnd.docker.container.image.v1+json");

  private final Descriptor descriptor;
  private final Manifest.Image manifest;
  private final ObjectNode manifestTree;
  private final ObjectNode configuration;
  private final List<ContentHash> diffIds;

  private SourceImage(
      Descriptor descriptor,
      Manifest.Image manifest,
      ObjectNode manifestTree,
      ObjectNode configuration,
      List<ContentHash> diffIds) {
    this.descriptor = descriptor;
    this.manifest = manifest;
    this.manifestTree = manifestTree;
    this.configuration = configuration;
    this.diffIds = List.copyOf(diffIds);
  }

  /**
   * Reads an image's documents.
   *
   * @param bytes the manifest as it is published
   * @param mediaType its type
   * @param source has the configuration
   * @throws RefusedException if the image is not of a kind that can be refactored
   * @throws IOException if the configuration cannot be read
   */
  public static SourceImage read(
      byte[] bytes, MediaType mediaType, ContentSource source, Limits limits) throws IOException {
    Manifest.Image manifest = manifest(bytes, mediaType);
    if (!CONFIGURATIONS.contains(manifest.config().mediaType().value())) {
      throw new RefusedException(
          Reason.ARTIFACT, "configuration of type " + manifest.config().mediaType());
    }
    checkLayers(manifest, limits);
    ObjectNode tree = Json.read(bytes, "manifest", Reason.INVALID_MANIFEST);
    byte[] document = document(manifest.config(), source, limits);
    ObjectNode configuration = Json.read(document, "configuration", Reason.INVALID_CONFIGURATION);
    checkPlatform(configuration);
    return new SourceImage(
        Descriptor.of(mediaType, Digest.sha256(bytes), bytes.length),
        manifest,
        tree,
        configuration,
        diffIds(configuration, manifest.layers().size()));
  }

  private static Manifest.Image manifest(byte[] bytes, MediaType mediaType)
      throws RefusedException {
    if (mediaType.isSchema1()) {
      throw new RefusedException(Reason.SCHEMA1, "manifest of type " + mediaType);
    }
    try {
      if (mediaType.isImage()
          && ManifestParser.parse(bytes, mediaType) instanceof Manifest.Image image) {
        return image;
      }
      throw new RefusedException(
          Reason.MEDIA_TYPE, "manifest of type " + mediaType + " (expected: that of an image)");
    } catch (InvalidManifestException e) {
      throw new RefusedException(Reason.INVALID_MANIFEST, String.valueOf(e.getMessage()), e);
    }
  }

  private static void checkLayers(Manifest.Image manifest, Limits limits) throws RefusedException {
    int count = manifest.layers().size();
    if (count == 0) {
      throw new RefusedException(Reason.NO_LAYERS, "the image has no layers");
    }
    if (count > limits.maxLayers()) {
      throw new RefusedException(
          Reason.TOO_MANY_LAYERS, count + " layers (expected: <= " + limits.maxLayers() + ")");
    }
    for (Descriptor layer : manifest.layers()) {
      LayerTypes.declared(layer);
    }
  }

  private static byte[] document(Descriptor descriptor, ContentSource source, Limits limits)
      throws IOException {
    if (descriptor.size() > limits.maxDocumentBytes()) {
      throw new RefusedException(
          Reason.DOCUMENT_TOO_LARGE,
          "configuration of "
              + descriptor.size()
              + " bytes (expected: <= "
              + limits.maxDocumentBytes()
              + ")");
    }
    byte[] bytes;
    try (InputStream in = source.open(descriptor.digest())) {
      bytes = in.readNBytes(limits.maxDocumentBytes() + 1);
    }
    if (!Digest.of(descriptor.digest().algorithm(), bytes).equals(descriptor.digest())) {
      throw new RefusedException(
          Reason.DIGEST_MISMATCH, "configuration is not " + descriptor.digest());
    }
    return bytes;
  }

  private static void checkPlatform(ObjectNode configuration) throws RefusedException {
    String system = Json.text(configuration, "os").orElse("");
    if (!system.equals("linux")) {
      throw new RefusedException(
          Reason.OPERATING_SYSTEM, "operating system: '" + system + "' (expected: 'linux')");
    }
  }

  private static List<ContentHash> diffIds(ObjectNode configuration, int layers)
      throws RefusedException {
    JsonNode rootfs = configuration.path("rootfs");
    JsonNode listed = rootfs.path("diff_ids");
    if (!Json.text(rootfs, "type").orElse("").equals("layers")
        || !listed.isArray()
        || listed.size() != layers) {
      throw new RefusedException(
          Reason.INVALID_CONFIGURATION,
          "rootfs of " + listed.size() + " layers (expected: as in the manifest, " + layers + ")");
    }
    List<ContentHash> diffIds = new ArrayList<>();
    for (JsonNode diffId : listed) {
      try {
        diffIds.add(ContentHash.of(Digest.parse(diffId.isString() ? diffId.asString() : "")));
      } catch (IllegalArgumentException e) {
        throw new RefusedException(Reason.INVALID_CONFIGURATION, "diff_ids: " + e.getMessage(), e);
      }
    }
    return diffIds;
  }

  /** How the manifest itself is named. */
  public Descriptor descriptor() {
    return descriptor;
  }

  /** The layers, bottom first. */
  public List<Descriptor> layers() {
    return manifest.layers();
  }

  /** What each layer has to unpack to, bottom first. */
  public List<ContentHash> diffIds() {
    return diffIds;
  }

  /** Whether this is in Docker's own format, rather than OCI's. */
  public boolean isDocker() {
    return descriptor.mediaType().equals(MediaType.DOCKER_MANIFEST);
  }

  /** The type of the configuration. */
  public MediaType configurationType() {
    return manifest.config().mediaType();
  }

  ObjectNode manifestTree() {
    return manifestTree.deepCopy();
  }

  ObjectNode configurationTree() {
    return configuration.deepCopy();
  }
}
