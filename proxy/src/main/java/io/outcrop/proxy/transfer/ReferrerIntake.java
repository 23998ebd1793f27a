package io.outcrop.proxy.transfer;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.oci.InvalidManifestException;
import io.outcrop.oci.Manifest;
import io.outcrop.oci.ManifestParser;
import io.outcrop.oci.MediaType;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.resolve.ReferrersService;
import io.outcrop.storage.ContentInfo;
import io.outcrop.storage.ContentStore;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Lists manifests that were brought here, such as signatures, with what they refer to. Blocks;
 * thread-safe.
 */
public final class ReferrerIntake {

  private final ContentStore store;
  private final ReferrersService referrers;

  /** Adds to what a service knows. */
  public ReferrerIntake(ContentStore store, ReferrersService referrers) {
    this.store = store;
    this.referrers = referrers;
  }

  /**
   * Adds a manifest to the list of what it refers to.
   *
   * @param confirmedAt when that list was last confirmed where the manifest comes from
   * @return what it refers to; empty if it is not held, or refers to nothing
   */
  public Optional<Digest> add(Repository repository, Digest digest, Instant confirmedAt)
      throws IOException {
    Optional<MediaType> type = store.info(digest).flatMap(ContentInfo::mediaType);
    Optional<byte[]> bytes = type.isEmpty() ? Optional.empty() : store.bytes(digest);
    if (type.isEmpty() || bytes.isEmpty()) {
      return Optional.empty();
    }
    Manifest manifest;
    try {
      manifest = ManifestParser.parse(bytes.get(), type.get());
    } catch (InvalidManifestException e) {
      return Optional.empty(); // A list of referrers of our own, or the like.
    }
    Optional<Digest> subject = manifest.subject().map(Descriptor::digest);
    if (subject.isPresent()) {
      referrers.add(
          repository,
          subject.get(),
          descriptor(digest, bytes.get().length, type.get(), manifest),
          confirmedAt);
    }
    return subject;
  }

  /** As the distribution specification has a registry list it. */
  private static ObjectNode descriptor(
      Digest digest, long size, MediaType type, Manifest manifest) {
    ObjectNode node = JsonMapper.shared().createObjectNode();
    node.put("mediaType", type.value()).put("digest", digest.toString()).put("size", size);
    manifest.artifactType().ifPresent(kind -> node.put("artifactType", kind));
    if (!manifest.annotations().isEmpty()) {
      ObjectNode annotations = node.putObject("annotations");
      Map<String, String> sorted = new TreeMap<>(manifest.annotations());
      sorted.forEach(annotations::put);
    }
    return node;
  }
}
