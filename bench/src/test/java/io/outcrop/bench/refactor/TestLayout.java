package io.outcrop.bench.refactor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** An OCI layout that a test fills. */
final class TestLayout {

  private final Path directory;
  private final List<String> manifests = new ArrayList<>();

  TestLayout(Path directory) throws IOException {
    this.directory = directory;
    Files.createDirectories(directory.resolve("blobs/sha256"));
    Files.writeString(directory.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
  }

  /** An image whose layers are these archives, compressed by gzip. */
  TestLayout image(String name, byte[]... archives) throws IOException {
    manifests.add(
        """
        {"mediaType":"application/vnd.oci.image.manifest.v1+json",%s,\
        "annotations":{"org.opencontainers.image.ref.name":"%s"}}\
        """
            .formatted(manifest(archives), name));
    writeIndex();
    return this;
  }

  /** The same for an image of several platforms, of which only linux/amd64 has layers. */
  TestLayout index(String name, byte[]... archives) throws IOException {
    String index =
        """
        {"schemaVersion":2,"manifests":[\
        {%s,"platform":{"os":"linux","architecture":"arm64"}},\
        {%s,"platform":{"os":"linux","architecture":"amd64"}}]}\
        """
            .formatted(manifest(), manifest(archives));
    manifests.add(
        """
        {"mediaType":"application/vnd.oci.image.index.v1+json",%s,\
        "annotations":{"org.opencontainers.image.ref.name":"%s"}}\
        """
            .formatted(add(index.getBytes(StandardCharsets.UTF_8)), name));
    writeIndex();
    return this;
  }

  private String manifest(byte[]... archives) throws IOException {
    List<String> layers = new ArrayList<>();
    List<String> diffIds = new ArrayList<>();
    for (byte[] archive : archives) {
      ByteArrayOutputStream compressed = new ByteArrayOutputStream();
      try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
        gzip.write(archive);
      }
      layers.add(
          "{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar+gzip\","
              + add(compressed.toByteArray())
              + "}");
      diffIds.add("\"" + digest(archive) + "\"");
    }
    String config =
        "{\"os\":\"linux\",\"architecture\":\"amd64\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":"
            + diffIds
            + "}}";
    String manifest =
        """
        {"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json",%s},\
        "layers":%s}\
        """
            .formatted(add(config.getBytes(StandardCharsets.UTF_8)), layers);
    return add(manifest.getBytes(StandardCharsets.UTF_8));
  }

  private String add(byte[] blob) throws IOException {
    String digest = digest(blob);
    Files.write(
        directory.resolve("blobs/sha256").resolve(digest.substring("sha256:".length())), blob);
    return "\"digest\":\"%s\",\"size\":%d".formatted(digest, blob.length);
  }

  static String digest(byte[] bytes) {
    return "sha256:" + HexFormat.of().formatHex(Digests.sha256().digest(bytes));
  }

  private void writeIndex() throws IOException {
    Files.writeString(
        directory.resolve("index.json"), "{\"schemaVersion\":2,\"manifests\":" + manifests + "}");
  }

  Path directory() {
    return directory;
  }
}
