package io.outcrop.refactor.layout;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.InvalidManifestException;
import io.outcrop.oci.Manifest;
import io.outcrop.oci.ManifestParser;
import io.outcrop.refactor.build.BuiltLayer;
import io.outcrop.refactor.report.ImageStrata;
import io.outcrop.refactor.report.Stratum;
import io.outcrop.storage.layout.LayoutException;
import io.outcrop.storage.layout.OciLayout;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads from a layout's documents what layers its images have; no layer is read. */
public final class LayoutStrata {

  private LayoutStrata() {}

  /**
   * The images behind an entry, each called by the entry's label and its platform if there are
   * several.
   *
   * @throws LayoutException if a document is missing or damaged
   */
  public static List<ImageStrata> of(OciLayout layout, LayoutImage image) throws IOException {
    List<PlatformImage> parts = PlatformImages.of(layout, image.entry());
    List<ImageStrata> strata = new ArrayList<>();
    for (PlatformImage part : parts) {
      if (part.manifest().mediaType().isImage()) {
        strata.add(
            new ImageStrata(
                name(image.label(), part, parts.size() > 1), layers(layout, part.manifest())));
      }
    }
    return strata;
  }

  /** What one image of an entry is called. */
  static String name(String label, PlatformImage part, boolean oneOfSeveral) {
    return oneOfSeveral
        ? label
            + " "
            + part.platform().map(Object::toString).orElse(part.manifest().digest().toString())
        : label;
  }

  /** The layers of an image, bottom first. */
  static List<Stratum> layers(OciLayout layout, Descriptor descriptor) throws IOException {
    byte[] bytes = layout.document(descriptor);
    try {
      Manifest.Image manifest =
          (Manifest.Image) ManifestParser.parse(bytes, descriptor.mediaType());
      JsonNode configuration = configuration(layout, manifest.config());
      List<String> titles = titles(configuration);
      List<Stratum> strata = new ArrayList<>();
      for (int i = 0; i < manifest.layers().size(); i++) {
        Descriptor layer = manifest.layers().get(i);
        strata.add(
            new Stratum(
                layer.digest().toString(),
                configuration
                    .path("rootfs")
                    .path("diff_ids")
                    .path(i)
                    .asString(layer.digest().toString()),
                layer.size(),
                titles.size() == manifest.layers().size() ? titles.get(i) : ""));
      }
      return strata;
    } catch (InvalidManifestException e) {
      throw new LayoutException("manifest " + descriptor.digest() + ": " + e.getMessage(), e);
    }
  }

  /** The configuration; of what is no image's, nothing. */
  private static JsonNode configuration(OciLayout layout, Descriptor descriptor)
      throws IOException {
    if (descriptor.size() > ManifestParser.MAX_BYTES
        || layout.size(descriptor.digest()).isEmpty()) {
      return JsonMapper.shared().missingNode();
    }
    try (InputStream in = layout.open(descriptor.digest())) {
      return JsonMapper.shared().readTree(in.readNBytes(ManifestParser.MAX_BYTES));
    } catch (JacksonException _) {
      return JsonMapper.shared().missingNode();
    }
  }

  private static List<String> titles(JsonNode configuration) {
    List<String> titles = new ArrayList<>();
    for (JsonNode item : configuration.path("history")) {
      if (!item.path("empty_layer").asBoolean(false)) {
        String by = item.path("created_by").asString("").strip();
        titles.add(
            by.startsWith(BuiltLayer.CREATED_BY)
                ? by.substring(BuiltLayer.CREATED_BY.length())
                : by);
      }
    }
    return titles;
  }
}
