package io.outcrop.bench.refactor;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An OCI layout on disk. */
final class ImageLayout {

  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final String NAME = "org.opencontainers.image.ref.name";
  private static final Set<String> INDEXES =
      Set.of(
          "application/vnd.oci.image.index.v1+json",
          "application/vnd.docker.distribution.manifest.list.v2+json");

  private final Path directory;

  /** A compressed layer of an image. */
  record Layer(String digest, String diffId, long size) {}

  /** An image by its name in the layout, with its layers from the lowest to the highest. */
  record Image(String name, List<Layer> layers) {}

  ImageLayout(Path directory) {
    this.directory = directory;
  }

  /** All images that have a name, in the order of the index; of several platforms linux/amd64. */
  List<Image> images() throws IOException {
    List<Image> images = new ArrayList<>();
    for (JsonNode descriptor : json(directory.resolve("index.json")).path("manifests")) {
      String name = descriptor.path("annotations").path(NAME).asString("");
      if (!name.isEmpty()) {
        image(name, descriptor).ifPresent(images::add);
      }
    }
    return images;
  }

  private Optional<Image> image(String name, JsonNode descriptor) throws IOException {
    JsonNode manifest = json(blob(descriptor.path("digest").asString()));
    String mediaType =
        descriptor.path("mediaType").asString(manifest.path("mediaType").asString(""));
    if (INDEXES.contains(mediaType)) {
      for (JsonNode child : manifest.path("manifests")) {
        JsonNode platform = child.path("platform");
        if (platform.path("os").asString("").equals("linux")
            && platform.path("architecture").asString("").equals("amd64")) {
          return image(name, child);
        }
      }
      return Optional.empty();
    }
    JsonNode layers = manifest.path("layers");
    JsonNode diffIds =
        json(blob(manifest.path("config").path("digest").asString()))
            .path("rootfs")
            .path("diff_ids");
    if (layers.size() != diffIds.size()) {
      throw new IOException(
          name + " has " + layers.size() + " layers and " + diffIds.size() + " diff IDs");
    }
    List<Layer> found = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      JsonNode layer = layers.get(i);
      found.add(
          new Layer(
              layer.path("digest").asString(),
              diffIds.get(i).asString(),
              layer.path("size").asLong()));
    }
    return Optional.of(new Image(name, List.copyOf(found)));
  }

  /**
   * A layer's archive, whatever it is compressed with. Zstandard is left to the program of that
   * name.
   */
  InputStream open(Layer layer) throws IOException {
    Path blob = blob(layer.digest());
    int magic;
    try (InputStream start = Files.newInputStream(blob)) {
      magic = start.read() << 8 | start.read();
    }
    return switch (magic) {
      case 0x1f8b -> new GZIPInputStream(Files.newInputStream(blob), 1 << 16);
      case 0x28b5 ->
          new ProcessBuilder("zstd", "-dcq", blob.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start()
              .getInputStream();
      default -> new BufferedInputStream(Files.newInputStream(blob), 1 << 16);
    };
  }

  private Path blob(String digest) {
    int colon = digest.indexOf(':');
    return directory
        .resolve("blobs")
        .resolve(digest.substring(0, colon))
        .resolve(digest.substring(colon + 1));
  }

  private static JsonNode json(Path file) throws IOException {
    return MAPPER.readTree(Files.readAllBytes(file));
  }
}
