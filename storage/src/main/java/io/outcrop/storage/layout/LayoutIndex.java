package io.outcrop.storage.layout;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.InvalidManifestException;
import io.outcrop.oci.Manifest;
import io.outcrop.oci.ManifestParser;
import io.outcrop.oci.MediaType;
import io.outcrop.oci.Platform;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The {@code index.json} of a layout: which manifests it has, and under which names. What other
 * programs wrote into it and Outcrop knows nothing of is kept. Immutable.
 */
public final class LayoutIndex {

  /** The annotation with the name of an entry, by the specification. */
  public static final String REFERENCE_NAME = "org.opencontainers.image.ref.name";

  /** The annotation with the full name of an image, as containerd, Docker and BuildKit write it. */
  public static final String IMAGE_NAME = "io.containerd.image.name";

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String MANIFESTS = "manifests";
  private static final String ANNOTATIONS = "annotations";

  // Never changed once it is here.
  private final ObjectNode root;
  private final List<Descriptor> entries;

  private LayoutIndex(ObjectNode root, List<Descriptor> entries) {
    this.root = root;
    this.entries = List.copyOf(entries);
  }

  /** The index of a layout with nothing in it. */
  public static LayoutIndex empty() {
    ObjectNode root = JSON.createObjectNode();
    root.put("schemaVersion", 2).put("mediaType", MediaType.OCI_INDEX.value());
    root.putArray(MANIFESTS);
    return new LayoutIndex(root, List.of());
  }

  /**
   * Reads an index; it is bounded as every manifest is.
   *
   * @throws LayoutException if it is none
   */
  public static LayoutIndex parse(byte[] bytes) throws LayoutException {
    try {
      Manifest manifest = ManifestParser.parse(bytes, MediaType.OCI_INDEX);
      // The parser has bounded it, and found UTF-8 and an object.
      JsonNode root = JSON.readTree(new String(bytes, StandardCharsets.UTF_8));
      return new LayoutIndex((ObjectNode) root, manifest.children().toList());
    } catch (InvalidManifestException e) {
      throw new LayoutException(LayoutPath.INDEX + ": " + e.getMessage(), e);
    }
  }

  /** The manifests listed, in their order. */
  public List<Descriptor> entries() {
    return entries;
  }

  /**
   * The name of an entry: the full name of an image where it has one, else whatever it is called.
   */
  public static Optional<String> name(Descriptor entry) {
    return Optional.ofNullable(entry.annotations().get(IMAGE_NAME))
        .or(() -> Optional.ofNullable(entry.annotations().get(REFERENCE_NAME)));
  }

  /**
   * The same index with an entry more. It takes the place of the entry of the same name or, if it
   * has none, of the nameless one of the same digest; where the digest is the same too, what only
   * the old one says is kept.
   *
   * @throws LayoutException if there are more entries than an index may have
   */
  public LayoutIndex with(Descriptor entry) throws LayoutException {
    ObjectNode changed = JSON.createObjectNode();
    changed.setAll(root);
    ArrayNode nodes = changed.putArray(MANIFESTS);
    ObjectNode node = json(entry);
    boolean placed = false;
    for (int i = 0; i < entries.size(); i++) {
      JsonNode old = root.path(MANIFESTS).path(i);
      if (!replaces(entry, entries.get(i))) {
        nodes.add(old);
      } else if (!placed) {
        placed = true;
        nodes.add(entries.get(i).digest().equals(entry.digest()) ? merged(old, node) : node);
      }
    }
    if (!placed) {
      nodes.add(node);
    }
    return parse(JSON.writeValueAsBytes(changed));
  }

  /** The document. */
  public byte[] bytes() {
    return JSON.writeValueAsBytes(root);
  }

  private static boolean replaces(Descriptor entry, Descriptor old) {
    Optional<String> name = Optional.ofNullable(entry.annotations().get(REFERENCE_NAME));
    Optional<String> oldName = Optional.ofNullable(old.annotations().get(REFERENCE_NAME));
    return name.equals(oldName) && (name.isPresent() || entry.digest().equals(old.digest()));
  }

  private static ObjectNode merged(JsonNode old, ObjectNode entry) {
    ObjectNode merged = (ObjectNode) old.deepCopy();
    ObjectNode annotations = JSON.createObjectNode();
    annotations.setAll(old.path(ANNOTATIONS) instanceof ObjectNode known ? known : annotations);
    annotations.setAll(entry.path(ANNOTATIONS) instanceof ObjectNode more ? more : annotations);
    merged.setAll(entry);
    if (!annotations.isEmpty()) {
      merged.set(ANNOTATIONS, annotations);
    }
    return merged;
  }

  private static ObjectNode json(Descriptor descriptor) {
    ObjectNode node = JSON.createObjectNode();
    node.put("mediaType", descriptor.mediaType().value())
        .put("digest", descriptor.digest().toString())
        .put("size", descriptor.size());
    descriptor.artifactType().ifPresent(type -> node.put("artifactType", type));
    descriptor.platform().ifPresent(platform -> node.set("platform", json(platform)));
    if (!descriptor.urls().isEmpty()) {
      ArrayNode urls = node.putArray("urls");
      descriptor.urls().forEach(url -> urls.add(url.toString()));
    }
    if (!descriptor.annotations().isEmpty()) {
      ObjectNode annotations = node.putObject(ANNOTATIONS);
      // In their order, as the same layout must be the same bytes.
      Map<String, String> sorted = new TreeMap<>(descriptor.annotations());
      sorted.forEach(annotations::put);
    }
    return node;
  }

  private static ObjectNode json(Platform platform) {
    ObjectNode node = JSON.createObjectNode();
    node.put("architecture", platform.architecture()).put("os", platform.os());
    platform.osVersion().ifPresent(version -> node.put("os.version", version));
    platform.variant().ifPresent(variant -> node.put("variant", variant));
    return node;
  }
}
