package io.outcrop.oci;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads manifests, which come from outside and are bounded in size, depth and number of entries.
 */
public final class ManifestParser {

  /** The largest manifest accepted, in bytes; the specification asks for 4 MiB at least. */
  public static final int MAX_BYTES = 8 << 20;

  private static final int MAX_DEPTH = 32;
  private static final int MAX_ENTRIES = 10_000;
  // A node on the heap is many times its text: this bounds the tree of a document of MAX_BYTES.
  private static final long MAX_TOKENS = 1_000_000;
  private static final int SHOWN = 200;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxDocumentLength(MAX_BYTES)
                          .maxTokenCount(MAX_TOKENS)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .build();

  private ManifestParser() {}

  /**
   * Reads a manifest or index.
   *
   * @param bytes the document as it came
   * @param declared the type the upstream declared; the document's own {@code mediaType} must agree
   *     where it has one
   * @throws InvalidManifestException if it is schema 1, or not of a form Outcrop can serve
   */
  public static Manifest parse(byte[] bytes, MediaType declared) throws InvalidManifestException {
    JsonNode root = readObject(bytes);
    if (declared.isSchema1() || root.path("schemaVersion").asInt(2) == 1 || root.has("fsLayers")) {
      throw new InvalidManifestException(
          "Docker schema 1 manifests are not supported: push the image again with a current tool");
    }
    MediaType mediaType = agreedType(root, declared);
    try {
      return read(root, mediaType);
    } catch (IllegalArgumentException e) {
      throw new InvalidManifestException("manifest: " + e.getMessage(), e);
    }
  }

  private static JsonNode readObject(byte[] bytes) throws InvalidManifestException {
    if (bytes.length > MAX_BYTES) {
      throw new InvalidManifestException(
          "manifest size: " + bytes.length + " bytes (expected: <= " + MAX_BYTES + ")");
    }
    try {
      // Decoded here, as the parser would guess at UTF-16 and let some malformed UTF-8 pass.
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      JsonNode root = MAPPER.readTree(text);
      if (!root.isObject()) {
        throw new InvalidManifestException("manifest: not a JSON object");
      }
      return root;
    } catch (CharacterCodingException e) {
      throw new InvalidManifestException("manifest: not UTF-8", e);
    } catch (JacksonException e) {
      throw new InvalidManifestException(
          "manifest: not JSON: " + shorten(e.getOriginalMessage()), e);
    }
  }

  private static MediaType agreedType(JsonNode root, MediaType declared)
      throws InvalidManifestException {
    Optional<String> own = text(root, "mediaType");
    if (own.isEmpty()) {
      return declared;
    }
    // A document that says another type than its header is the confusion of CVE-2021-41190.
    if (!own.get().equalsIgnoreCase(declared.value())) {
      throw new InvalidManifestException(
          "manifest mediaType: "
              + shorten(own.get())
              + " (expected: "
              + declared
              + " as declared)");
    }
    return declared;
  }

  private static Manifest read(JsonNode root, MediaType mediaType) throws InvalidManifestException {
    boolean hasManifests = root.path("manifests").isArray();
    boolean hasLayers = root.has("config") || root.path("layers").isArray();
    if (hasManifests && hasLayers) {
      throw new InvalidManifestException("manifest: has both manifests and layers");
    }
    // The same confusion in a document that does not say its type.
    if (mediaType.isIndex() ? hasLayers : hasManifests && mediaType.isImage()) {
      throw new InvalidManifestException(
          "manifest: has "
              + (hasLayers ? "layers" : "manifests")
              + " (expected: a "
              + mediaType
              + ")");
    }
    Optional<Descriptor> subject =
        root.path("subject").isObject()
            ? Optional.of(descriptor(root.path("subject")))
            : Optional.empty();
    Map<String, String> annotations = annotations(root);
    if (hasManifests || mediaType.isIndex()) {
      return new Manifest.Index(
          mediaType,
          descriptors(root.path("manifests")),
          subject,
          text(root, "artifactType"),
          annotations);
    }
    if (!root.path("config").isObject()) {
      throw new InvalidManifestException("manifest: neither config nor manifests");
    }
    Descriptor config = descriptor(root.path("config"));
    return new Manifest.Image(
        mediaType,
        config,
        descriptors(root.path("layers")),
        subject,
        text(root, "artifactType").or(() -> Optional.of(config.mediaType().value())),
        annotations);
  }

  private static List<Descriptor> descriptors(JsonNode array) {
    if (!array.isArray() && !array.isNull() && !array.isMissingNode()) {
      throw new IllegalArgumentException(
          "layers or manifests: " + shorten(array.toString()) + " (expected: a list)");
    }
    if (array.size() > MAX_ENTRIES) {
      throw new IllegalArgumentException(
          "entries: " + array.size() + " (expected: <= " + MAX_ENTRIES + ")");
    }
    List<Descriptor> descriptors = new ArrayList<>(array.size());
    array.forEach(node -> descriptors.add(descriptor(node)));
    return descriptors;
  }

  private static Descriptor descriptor(JsonNode node) {
    JsonNode size = node.path("size");
    if (!size.isIntegralNumber() || !size.canConvertToLong()) {
      throw new IllegalArgumentException(
          "descriptor size: " + shorten(size.toString()) + " (expected: a whole number)");
    }
    List<URI> urls = new ArrayList<>();
    node.path("urls").forEach(url -> uri(url).ifPresent(urls::add));
    return new Descriptor(
        MediaType.ofContentType(text(node, "mediaType").orElse(MediaType.OCTET_STREAM.value())),
        Digest.parse(text(node, "digest").orElse("")),
        size.asLong(),
        platform(node.path("platform")),
        text(node, "artifactType"),
        annotations(node),
        urls);
  }

  private static Optional<Platform> platform(JsonNode node) {
    if (!node.isObject()) {
      return Optional.empty();
    }
    return Optional.of(
        new Platform(
            text(node, "os").orElse(""),
            text(node, "architecture").orElse(""),
            text(node, "variant"),
            text(node, "os.version")));
  }

  private static Map<String, String> annotations(JsonNode node) {
    Map<String, String> annotations = new LinkedHashMap<>();
    node.path("annotations")
        .properties()
        .forEach(entry -> {
          if (entry.getValue().isString()) {
            annotations.put(entry.getKey(), entry.getValue().asString());
          }
        });
    return annotations;
  }

  private static Optional<String> text(JsonNode node, String field) {
    JsonNode value = node.path(field);
    return value.isString() && !value.asString().isEmpty()
        ? Optional.of(value.asString())
        : Optional.empty();
  }

  private static Optional<URI> uri(JsonNode node) {
    try {
      return node.isString() ? Optional.of(new URI(node.asString())) : Optional.empty();
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  private static String shorten(String text) {
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
  }
}
