package io.outcrop.refactor;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.refactor.compress.PackedStream;
import io.outcrop.refactor.compress.Packing;
import io.outcrop.refactor.tar.RawTar;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** An image of archives made by hand; what is not set is as most images have it. */
public final class TestImage {

  private final MemoryContents contents;
  private final List<byte[]> archives = new ArrayList<>();
  private Packing packing = Packing.GZIP;
  private boolean docker;
  private String configurationExtra = "";
  private String manifestExtra = "";
  private String system = "linux";
  private String layerType = "";
  private String configurationType = "";
  private String diffIds = "";

  public TestImage(MemoryContents contents) {
    this.contents = contents;
  }

  public TestImage layers(RawTar... layers) {
    for (RawTar layer : layers) {
      archives.add(layer.bytes());
    }
    return this;
  }

  public TestImage layers(List<RawTar> layers) {
    return layers(layers.toArray(RawTar[]::new));
  }

  public TestImage packing(Packing value) {
    packing = value;
    return this;
  }

  public TestImage docker() {
    docker = true;
    return this;
  }

  /** More fields of the configuration, beginning with a comma. */
  public TestImage configuration(String extra) {
    configurationExtra = extra;
    return this;
  }

  /** More fields of the manifest, beginning with a comma. */
  public TestImage manifest(String extra) {
    manifestExtra = extra;
    return this;
  }

  public TestImage system(String value) {
    system = value;
    return this;
  }

  public TestImage layerType(String value) {
    layerType = value;
    return this;
  }

  public TestImage configurationType(String value) {
    configurationType = value;
    return this;
  }

  /** Other ids than the true ones, quoted and with commas between. */
  public TestImage diffIds(String value) {
    diffIds = value;
    return this;
  }

  public MediaType mediaType() {
    return docker ? MediaType.DOCKER_MANIFEST : MediaType.OCI_MANIFEST;
  }

  /** Puts all blobs into the contents; the manifest. */
  public byte[] write() throws IOException {
    List<String> listed = new ArrayList<>();
    List<String> ids = new ArrayList<>();
    for (byte[] archive : archives) {
      byte[] blob = pack(archive);
      ids.add('"' + Digest.sha256(archive).toString() + '"');
      listed.add(descriptor(layerMediaType(), blob));
    }
    byte[] configuration =
        ("{\"architecture\":\"amd64\",\"os\":\""
                + system
                + "\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":["
                + (diffIds.isEmpty() ? String.join(",", ids) : diffIds)
                + "]}"
                + configurationExtra
                + "}")
            .getBytes(UTF_8);
    return ("{\"schemaVersion\":2,\"mediaType\":\""
            + mediaType()
            + "\",\"config\":"
            + descriptor(configurationMediaType(), configuration)
            + ",\"layers\":"
            + listed.stream().collect(Collectors.joining(",", "[", "]"))
            + manifestExtra
            + "}")
        .getBytes(UTF_8);
  }

  private String descriptor(String type, byte[] blob) {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
        .formatted(type, contents.add(blob), blob.length);
  }

  private String configurationMediaType() {
    if (!configurationType.isEmpty()) {
      return configurationType;
    }
    return docker
        ? "application/vnd.docker.container.image.v1+json"
        : "application/vnd.oci.image.config.v1+json";
  }

  private String layerMediaType() {
    if (!layerType.isEmpty()) {
      return layerType;
    }
    String suffix =
        switch (packing.compression()) {
          case NONE -> "";
          case GZIP -> docker ? ".gzip" : "+gzip";
          case ZSTD -> "+zstd";
        };
    return (docker
            ? "application/vnd.docker.image.rootfs.diff.tar"
            : "application/vnd.oci.image.layer.v1.tar")
        + suffix;
  }

  private byte[] pack(byte[] archive) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (PackedStream stream = packing.pack(out)) {
      stream.write(archive);
      stream.finish();
    }
    return out.toByteArray();
  }
}
