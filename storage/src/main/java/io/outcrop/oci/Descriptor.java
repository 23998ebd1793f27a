package io.outcrop.oci;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How one document of the OCI formats points at another.
 *
 * @param mediaType the type of what is pointed at
 * @param digest its content address
 * @param size its length in bytes, not negative
 * @param platform what it runs on, where an index says so
 * @param artifactType the kind of artifact, where said
 * @param annotations free key-value pairs
 * @param urls other places to fetch it from; a foreign layer has these and is not in the registry
 */
public record Descriptor(
    MediaType mediaType,
    Digest digest,
    long size,
    Optional<Platform> platform,
    Optional<String> artifactType,
    Map<String, String> annotations,
    List<URI> urls) {

  /**
   * @throws IllegalArgumentException if the size is negative
   */
  public Descriptor {
    if (size < 0) {
      throw new IllegalArgumentException("descriptor size: " + size + " (expected: >= 0)");
    }
    annotations = Map.copyOf(annotations);
    urls = List.copyOf(urls);
  }

  /** A descriptor with nothing but what is mandatory. */
  public static Descriptor of(MediaType mediaType, Digest digest, long size) {
    return new Descriptor(
        mediaType, digest, size, Optional.empty(), Optional.empty(), Map.of(), List.of());
  }
}
