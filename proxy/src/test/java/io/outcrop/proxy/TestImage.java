package io.outcrop.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** A small image with real layers, and what is in one. */
final class TestImage {

  private static final int BLOCK = 512;

  private final List<byte[]> layers = new ArrayList<>();
  private final List<String> diffIds = new ArrayList<>();
  private String extraConfig = "";
  private boolean docker;

  /** Adds a layer with some files, each with what is in it. */
  TestImage layer(Map<String, byte[]> files) throws IOException {
    byte[] tar = tar(files);
    diffIds.add(Digest.sha256(tar).toString());
    layers.add(gzip(tar));
    return this;
  }

  /** Adds a layer that is not what it says it unpacks to. */
  TestImage lyingLayer(Map<String, byte[]> files) throws IOException {
    layers.add(gzip(tar(files)));
    diffIds.add(Digest.sha256(new byte[0]).toString());
    return this;
  }

  /** In Docker's own format rather than OCI's. */
  TestImage docker() {
    docker = true;
    return this;
  }

  /** Makes an image differ from another in nothing but its configuration. */
  TestImage label(String value) {
    extraConfig = ",\"author\":\"" + value + "\"";
    return this;
  }

  MediaType type() {
    return docker ? MediaType.DOCKER_MANIFEST : MediaType.OCI_MANIFEST;
  }

  List<Digest> layerDigests() {
    return layers.stream().map(Digest::sha256).toList();
  }

  long layerBytes() {
    return layers.stream().mapToLong(layer -> layer.length).sum();
  }

  byte[] config() {
    return ("{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":"
            + diffIds.stream().collect(Collectors.joining("\",\"", "[\"", "\"]"))
            + "},\"history\":[]"
            + extraConfig
            + "}")
        .getBytes(UTF_8);
  }

  byte[] manifest() {
    String configType =
        docker
            ? "application/vnd.docker.container.image.v1+json"
            : "application/vnd.oci.image.config.v1+json";
    String layerType =
        docker
            ? "application/vnd.docker.image.rootfs.diff.tar.gzip"
            : "application/vnd.oci.image.layer.v1.tar+gzip";
    return ("{\"schemaVersion\":2,\"mediaType\":\""
            + type()
            + "\",\"config\":"
            + descriptor(configType, config())
            + ",\"layers\":["
            + layers.stream()
                .map(layer -> descriptor(layerType, layer))
                .collect(Collectors.joining(","))
            + "]}")
        .getBytes(UTF_8);
  }

  Digest digest() {
    return Digest.sha256(manifest());
  }

  /** Puts it into a registry. */
  Digest push(TestRegistry registry, String repository, String tag) {
    registry.blob(repository, config());
    layers.forEach(layer -> registry.blob(repository, layer));
    return registry.manifest(repository, tag, manifest(), type());
  }

  /** An index of images by platform, with an attestation of the first. */
  static byte[] index(Map<String, TestImage> platforms, Digest attestation) {
    List<String> manifests = new ArrayList<>();
    platforms.forEach((platform, image) -> {
      String[] parts = platform.split("/", -1);
      manifests.add(
          descriptor(image.type().value(), image.manifest()).replaceFirst("}$", "")
              + ",\"platform\":{\"os\":\""
              + parts[0]
              + "\",\"architecture\":\""
              + parts[1]
              + "\"}}");
    });
    manifests.add(
        "{\"mediaType\":\""
            + MediaType.OCI_MANIFEST
            + "\",\"digest\":\""
            + attestation
            + "\",\"size\":10,\"annotations\":{\"vnd.docker.reference.type\":"
            + "\"attestation-manifest\",\"vnd.docker.reference.digest\":\""
            + platforms.values().iterator().next().digest()
            + "\"},\"platform\":{\"os\":\"unknown\",\"architecture\":\"unknown\"}}");
    return ("{\"schemaVersion\":2,\"mediaType\":\""
            + MediaType.OCI_INDEX
            + "\",\"manifests\":["
            + String.join(",", manifests)
            + "]}")
        .getBytes(UTF_8);
  }

  /** Files of random content below a directory. */
  static Map<String, byte[]> files(String directory, int count, int bytes, long seed) {
    Random random = new Random(seed);
    Map<String, byte[]> files = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      byte[] content = new byte[bytes];
      random.nextBytes(content);
      files.put(directory + "/file-" + i, content);
    }
    return files;
  }

  /** What layers make, the later ones over the earlier ones; of directories nothing. */
  static Map<String, Digest> unpack(List<byte[]> gzipped) throws IOException {
    Map<String, Digest> root = new TreeMap<>();
    for (byte[] layer : gzipped) {
      byte[] tar;
      try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(layer))) {
        tar = in.readAllBytes();
      }
      int at = 0;
      while (tar[at] != 0) {
        String name = text(tar, at, 100);
        int size = Integer.parseInt(text(tar, at + 124, 11).strip(), 8);
        if (tar[at + 156] == '0') {
          byte[] content = Arrays.copyOfRange(tar, at + BLOCK, at + BLOCK + size);
          root.put(name.replaceFirst("^\\./", ""), Digest.sha256(content));
        }
        at += BLOCK + (size + BLOCK - 1) / BLOCK * BLOCK;
      }
    }
    return root;
  }

  private static String text(byte[] tar, int from, int most) {
    int end = from;
    while (end < from + most && tar[end] != 0) {
      end++;
    }
    return new String(tar, from, end - from, UTF_8);
  }

  private static String descriptor(String type, byte[] bytes) {
    return "{\"mediaType\":\""
        + type
        + "\",\"digest\":\""
        + Digest.sha256(bytes)
        + "\",\"size\":"
        + bytes.length
        + "}";
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  private static byte[] tar(Map<String, byte[]> files) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Map<String, Boolean> directories = new LinkedHashMap<>();
    new TreeMap<>(files)
        .forEach((name, content) -> {
          for (int slash = name.indexOf('/'); slash > 0; slash = name.indexOf('/', slash + 1)) {
            if (directories.put(name.substring(0, slash), true) == null) {
              out.writeBytes(header(name.substring(0, slash) + "/", '5', 0755, 0));
            }
          }
          out.writeBytes(header(name, '0', 0644, content.length));
          out.writeBytes(content);
          out.writeBytes(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
        });
    out.writeBytes(new byte[2 * BLOCK]);
    return out.toByteArray();
  }

  private static byte[] header(String name, char type, int mode, int size) {
    byte[] header = new byte[BLOCK];
    put(header, 0, name);
    put(header, 100, "%07o".formatted(mode));
    put(header, 108, "0000000");
    put(header, 116, "0000000");
    put(header, 124, "%011o".formatted(size));
    put(header, 136, "%011o".formatted(1_700_000_000));
    header[156] = (byte) type;
    put(header, 257, "ustar");
    put(header, 263, "00");
    Arrays.fill(header, 148, 156, (byte) ' ');
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xff;
    }
    put(header, 148, "%06o".formatted(sum));
    return header;
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }
}
