package io.outcrop.storage.layout;

import io.outcrop.oci.Digest;
import java.util.Arrays;
import java.util.Optional;

/** What a path within a layout is, by the OCI image layout specification. */
sealed interface LayoutPath {

  /** The file that says that this is a layout. */
  String MARKER = "oci-layout";

  /** The file that lists what is in it. */
  String INDEX = "index.json";

  /** The folder of all content. */
  String BLOBS = "blobs";

  /** {@code oci-layout}. */
  record Marker() implements LayoutPath {}

  /** {@code index.json}. */
  record Index() implements LayoutPath {}

  /**
   * {@code blobs/<algorithm>/<hex>}.
   *
   * @param digest what its content must be
   */
  record Blob(Digest digest) implements LayoutPath {}

  /** Anything else, which a layout may have and nobody reads. */
  record Other() implements LayoutPath {}

  /** The path of some content. */
  static String of(Digest digest) {
    return BLOBS + '/' + digest.algorithm().prefix() + '/' + digest.hex();
  }

  /**
   * Reads a path as it stands in a tar.
   *
   * @throws LayoutException if it leads out of the layout
   */
  static LayoutPath parse(String name) throws LayoutException {
    String[] segments = name.split("/", -1);
    if (name.startsWith("/")
        || name.indexOf('\0') >= 0
        || Arrays.asList(segments).contains("..")
        || name.isEmpty()) {
      throw new LayoutException(
          "path in tar: " + Shown.of(name) + " (expected: within the layout)");
    }
    String path = name.startsWith("./") ? name.substring(2) : name;
    return switch (path) {
      case MARKER -> new Marker();
      case INDEX -> new Index();
      default -> blob(path).<LayoutPath>map(Blob::new).orElseGet(Other::new);
    };
  }

  private static Optional<Digest> blob(String path) {
    String[] segments = path.split("/", -1);
    return segments.length == 3 && segments[0].equals(BLOBS)
        ? Digest.tryParse(segments[1] + ':' + segments[2])
        : Optional.empty();
  }
}
