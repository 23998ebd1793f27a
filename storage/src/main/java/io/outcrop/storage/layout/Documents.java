package io.outcrop.storage.layout;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.oci.ManifestParser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads and judges the small documents of a layout. Stateless. */
final class Documents {

  static final byte[] MARKER =
      "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.US_ASCII);

  private static final int LONGEST_MARKER = 4 << 10;

  private Documents() {}

  /** What is in a file of the layout that is no content. */
  static byte[] bounded(InputStream in, String what) throws IOException {
    byte[] bytes = in.readNBytes(ManifestParser.MAX_BYTES + 1);
    if (bytes.length > ManifestParser.MAX_BYTES) {
      throw new LayoutException(
          what + ": larger than " + ManifestParser.MAX_BYTES + " bytes, which no index may be");
    }
    return bytes;
  }

  /** Checks what the file {@code oci-layout} says. */
  static void checkMarker(byte[] bytes, String location) throws LayoutException {
    String version = "";
    if (bytes.length <= LONGEST_MARKER) {
      try {
        JsonNode root = JsonMapper.shared().readTree(new String(bytes, StandardCharsets.UTF_8));
        version = root.path("imageLayoutVersion").asString("");
      } catch (JacksonException e) {
        throw new LayoutException(location + ": its oci-layout is not JSON", e);
      }
    }
    if (!version.startsWith("1.")) {
      throw new LayoutException(
          location + ": image layout version: " + Shown.of(version) + " (expected: 1.0.0)");
    }
  }

  static byte[] verified(Descriptor descriptor, byte[] bytes, String location)
      throws LayoutException {
    Digest digest = descriptor.digest();
    if (bytes.length != descriptor.size()) {
      throw new LayoutException(
          "manifest "
              + digest
              + " in "
              + location
              + ": another length than the "
              + descriptor.size()
              + " bytes it should have");
    }
    Digest actual = Digest.of(digest.algorithm(), bytes);
    if (!actual.equals(digest)) {
      throw new LayoutException(
          "manifest " + digest + " in " + location + ": its bytes have the digest " + actual);
    }
    return bytes;
  }
}
