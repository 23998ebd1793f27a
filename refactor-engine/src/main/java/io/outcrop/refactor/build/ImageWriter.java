package io.outcrop.refactor.build;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.refactor.model.Reason;
import io.outcrop.refactor.model.RefusedException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes the configuration and the manifest of a refactored image: those of the source, but for
 * what tells of the layers.
 */
public final class ImageWriter {

  /**
   * A layer of the new image.
   *
   * @param name what is in it, for people
   * @param built what it was written as
   * @param descriptor how the manifest names it
   */
  public record Layer(String name, BuiltLayer built, Descriptor descriptor) {}

  private final SourceImage source;

  /**
   * @param source what is rewritten
   */
  public ImageWriter(SourceImage source) {
    this.source = source;
  }

  /**
   * The configuration for new layers.
   *
   * @throws RefusedException if the source's history is no list of objects
   */
  public byte[] configuration(List<Layer> layers) throws RefusedException {
    ObjectNode configuration = source.configurationTree();
    ObjectNode rootfs = (ObjectNode) configuration.path("rootfs");
    ArrayNode diffIds = rootfs.putArray("diff_ids");
    layers.forEach(layer -> diffIds.add(layer.built.diffId().toString()));
    if (configuration.path("history") instanceof ArrayNode history) {
      rewriteHistory(configuration, history, layers);
    }
    return Json.write(configuration, "configuration", Reason.INVALID_CONFIGURATION);
  }

  /**
   * There has to be one item for each layer, in order. The old ones no longer belong to any, but
   * say how the image was made: they stay, as items without a layer.
   */
  private static void rewriteHistory(
      ObjectNode configuration, ArrayNode history, List<Layer> layers) throws RefusedException {
    for (JsonNode item : history) {
      if (!(item instanceof ObjectNode object)) {
        throw new RefusedException(Reason.INVALID_CONFIGURATION, "history: an item is no object");
      }
      object.put("empty_layer", true);
    }
    for (Layer layer : layers) {
      ObjectNode item = history.addObject();
      Json.text(configuration, "created").ifPresent(created -> item.put("created", created));
      item.put("created_by", BuiltLayer.CREATED_BY + layer.name);
    }
  }

  /**
   * The manifest for new layers.
   *
   * @param configuration as it was written for the same layers
   * @param annotations to be added, where the format has any
   */
  public byte[] manifest(byte[] configuration, List<Layer> layers, Map<String, String> annotations)
      throws RefusedException {
    ObjectNode manifest = source.manifestTree();
    ObjectNode config = (ObjectNode) manifest.path("config");
    config.put("digest", Digest.sha256(configuration).toString());
    config.put("size", configuration.length);
    // It would be the content of the old one.
    config.remove("data");
    ArrayNode listed = manifest.putArray("layers");
    layers.forEach(layer -> put(listed.addObject(), layer.descriptor));
    if (!source.isDocker()) {
      put(manifest.putObject("subject"), source.descriptor());
      annotate(manifest, annotations);
    }
    return Json.write(manifest, "manifest", Reason.INVALID_MANIFEST);
  }

  static void annotate(ObjectNode document, Map<String, String> annotations) {
    ObjectNode annotated =
        document.path("annotations") instanceof ObjectNode present
            ? present
            : document.putObject("annotations");
    new TreeMap<>(annotations).forEach(annotated::put);
  }

  static void put(ObjectNode object, Descriptor descriptor) {
    object.put("mediaType", descriptor.mediaType().value());
    object.put("digest", descriptor.digest().toString());
    object.put("size", descriptor.size());
  }
}
