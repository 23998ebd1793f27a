package io.outcrop.proxy.images;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Platform;
import io.outcrop.storage.ContentStore;
import io.outcrop.storage.StoreException;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the configurations of images say of themselves. Blocks; thread-safe. */
final class ImageConfigs {

  private static final JsonMapper JSON = JsonMapper.shared();

  private final ContentStore store;

  ImageConfigs(ContentStore store) {
    this.store = store;
  }

  /** What an image is for, by its configuration; empty if that is not held, small, or says so. */
  Optional<Platform> platform(Digest config) throws StoreException {
    boolean small =
        store.info(config).filter(info -> info.size() <= ContentStore.SMALL_BYTES).isPresent();
    Optional<byte[]> bytes = small ? store.bytes(config) : Optional.empty();
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    try {
      JsonNode node = JSON.readTree(bytes.get());
      String os = node.path("os").asString("");
      String architecture = node.path("architecture").asString("");
      String variant = node.path("variant").asString("");
      return os.isEmpty() || architecture.isEmpty()
          ? Optional.empty()
          : Optional.of(
              new Platform(
                  os,
                  architecture,
                  variant.isEmpty() ? Optional.empty() : Optional.of(variant),
                  Optional.empty()));
    } catch (JacksonException e) {
      return Optional.empty(); // The configuration of an artifact may be anything.
    }
  }
}
