package io.outcrop.proxy.media;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.oci.InvalidManifestException;
import io.outcrop.oci.Manifest;
import io.outcrop.oci.ManifestParser;
import io.outcrop.oci.MediaType;
import io.outcrop.oci.Platform;
import io.outcrop.oci.Repository;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** What manifests and indexes say, wherever they come from. Stateless. */
final class Documents {

  /** How many indexes may be within each other. */
  static final int MOST_DEPTH = 4;

  private static final String ATTESTATION = "attestation-manifest";
  private static final String REFERENCE_TYPE = "vnd.docker.reference.type";
  private static final String REFERENCE_DIGEST = "vnd.docker.reference.digest";

  private Documents() {}

  /** Whether content of a type names other content. */
  static boolean isDocument(MediaType type) {
    return type.isIndex() || type.isImage();
  }

  /** Whether content is to be had from elsewhere than the registry, which need not have it. */
  static boolean isForeign(Descriptor descriptor) {
    return !descriptor.urls().isEmpty();
  }

  /** The manifest whose making this one attests to, if it does so; BuildKit adds these. */
  static Optional<Digest> attested(Descriptor child) {
    return ATTESTATION.equals(child.annotations().get(REFERENCE_TYPE))
        ? Digest.tryParse(child.annotations().getOrDefault(REFERENCE_DIGEST, ""))
        : Optional.empty();
  }

  /** The platform of a manifest in an index, if it is for one. */
  static Optional<Platform> platform(Descriptor child) {
    return child.platform().filter(p -> !p.os().isEmpty() && !p.os().equals("unknown"));
  }

  /** What people call a manifest in an index. */
  static String shown(Descriptor child) {
    return platform(child).map(Platform::toString).orElseGet(() -> child.digest().toString());
  }

  /** Reads a document of an edge, and verifies it. */
  static Optional<byte[]> read(EdgeContent edge, Repository repository, Descriptor descriptor)
      throws IOException {
    if (descriptor.size() > ManifestParser.MAX_BYTES) {
      throw new MediaException(
          "manifest %s of %s: %d bytes (expected: <= %d)"
              .formatted(
                  descriptor.digest(), repository, descriptor.size(), ManifestParser.MAX_BYTES));
    }
    Optional<InputStream> opened = edge.open(descriptor.digest(), repository, 0);
    if (opened.isEmpty()) {
      return Optional.empty();
    }
    byte[] bytes;
    try (InputStream in = opened.get()) {
      bytes = in.readNBytes((int) descriptor.size() + 1);
    }
    Digest actual = Digest.of(descriptor.digest().algorithm(), bytes);
    if (!actual.equals(descriptor.digest())) {
      throw new MediaException(
          "manifest %s of %s: the edge gave bytes of the digest %s"
              .formatted(descriptor.digest(), repository, actual));
    }
    return Optional.of(bytes);
  }

  /** What a document says. */
  static Manifest parse(Descriptor descriptor, byte[] bytes) throws MediaException {
    try {
      return ManifestParser.parse(bytes, descriptor.mediaType());
    } catch (InvalidManifestException e) {
      throw new MediaException(descriptor.digest() + ": " + e.getMessage(), e);
    }
  }
}
