package io.outcrop.refactor.build;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.refactor.model.Reason;
import io.outcrop.refactor.model.RefusedException;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Rewrites an index, commonly of one image a platform, so that it lists refactored images in place
 * of their sources. All else stays as it is and where it is: other platforms, and attestations,
 * which go on naming the originals.
 */
public final class IndexWriter {

  private IndexWriter() {}

  /**
   * The index with some of its manifests replaced.
   *
   * @param index as it is published
   * @param mediaType its type
   * @param refactored by the digest of a source manifest, what takes its place
   * @param annotations to be added, where the format has any
   * @throws RefusedException if the document is no index, or lists none of the sources
   */
  public static byte[] rewrite(
      byte[] index,
      MediaType mediaType,
      Map<Digest, Descriptor> refactored,
      Map<String, String> annotations)
      throws RefusedException {
    ObjectNode tree = Json.read(index, "index", Reason.INVALID_MANIFEST);
    if (!mediaType.isIndex() || !tree.path("manifests").isArray()) {
      throw new RefusedException(Reason.INVALID_MANIFEST, "no index, but " + mediaType);
    }
    boolean found = false;
    for (JsonNode listed : tree.path("manifests")) {
      if (listed instanceof ObjectNode descriptor) {
        found |= replace(descriptor, refactored);
      }
    }
    if (!found) {
      throw new RefusedException(
          Reason.INVALID_MANIFEST, "the index lists none of " + refactored.keySet());
    }
    if (mediaType.equals(MediaType.OCI_INDEX)) {
      ImageWriter.put(
          tree.putObject("subject"), Descriptor.of(mediaType, Digest.sha256(index), index.length));
      ImageWriter.annotate(tree, annotations);
    }
    return Json.write(tree, "index", Reason.INVALID_MANIFEST);
  }

  private static boolean replace(ObjectNode listed, Map<Digest, Descriptor> refactored) {
    Optional<Descriptor> replacement =
        Digest.tryParse(Json.text(listed, "digest").orElse(""))
            .flatMap(digest -> Optional.ofNullable(refactored.get(digest)));
    replacement.ifPresent(descriptor -> {
      ImageWriter.put(listed, descriptor);
      listed.remove("data");
    });
    return replacement.isPresent();
  }
}
