package io.outcrop.refactor.build;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.MediaType;
import io.outcrop.refactor.compress.Compression;
import io.outcrop.refactor.compress.Packing;
import io.outcrop.refactor.model.Reason;
import io.outcrop.refactor.model.RefusedException;
import java.util.Map;
import java.util.Optional;

/** The media types of layers: which can be refactored, and what the results are called. */
public final class LayerTypes {

  private static final String OCI = "application/vnd.oci.image.layer.v1.tar";
  private static final String DOCKER = "application/vnd.docker.image.rootfs.diff.tar";
  private static final Map<String, Compression> READ =
      Map.of(
          OCI,
          Compression.NONE,
          OCI + "+gzip",
          Compression.GZIP,
          OCI + "+zstd",
          Compression.ZSTD,
          DOCKER,
          Compression.NONE,
          DOCKER + ".gzip",
          Compression.GZIP,
          DOCKER + ".zstd",
          Compression.ZSTD);

  private LayerTypes() {}

  /**
   * How a layer says it is compressed. Compressed ones may really be compressed otherwise, or not
   * at all: engines look at the first bytes.
   *
   * @throws RefusedException if the layer is not of a kind that can be refactored
   */
  public static Compression declared(Descriptor layer) throws RefusedException {
    String type = layer.mediaType().value();
    if (!layer.urls().isEmpty()
        || type.contains(".nondistributable.")
        || type.contains(".foreign.")) {
      throw new RefusedException(
          Reason.FOREIGN_LAYER, "layer " + layer.digest() + " is of type " + type);
    }
    if (type.contains("+encrypted")) {
      throw new RefusedException(
          Reason.ENCRYPTED_LAYER, "layer " + layer.digest() + " is of type " + type);
    }
    return Optional.ofNullable(READ.get(type))
        .orElseThrow(() ->
            new RefusedException(
                Reason.MEDIA_TYPE, "layer " + layer.digest() + " is of type " + type));
  }

  /** How the layers of an image can be compressed: many tools read no zstd in Docker's images. */
  public static Packing allowed(Packing wanted, boolean docker) {
    return docker && wanted.compression() == Compression.ZSTD ? Packing.GZIP : wanted;
  }

  /** What a layer that was written is called. */
  public static MediaType written(Compression compression, boolean docker) {
    return new MediaType(
        switch (compression) {
          case NONE -> docker ? DOCKER : OCI;
          case GZIP -> docker ? DOCKER + ".gzip" : OCI + "+gzip";
          case ZSTD -> docker ? DOCKER + ".zstd" : OCI + "+zstd";
        });
  }
}
