package io.outcrop.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.storage.layout.LayoutBlobWriter;
import io.outcrop.storage.layout.LayoutIndex;
import io.outcrop.storage.layout.OciLayout;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/** An image layout in a folder, with images of small archives made by hand. */
final class SmallLayout {

  private static final int BLOCK = 512;

  final Path folder;

  SmallLayout(Path folder) throws IOException {
    this.folder = folder;
    OciLayout.create(folder).close();
  }

  /** A layer to be. */
  static final class Layer {
    private final ByteArrayOutputStream tar = new ByteArrayOutputStream();

    Layer directory(String path) {
      return add(path + "/", '5', new byte[0]);
    }

    Layer file(String path, String content) {
      return add(path, '0', content.getBytes(UTF_8));
    }

    private Layer add(String path, char type, byte[] content) {
      byte[] header = new byte[BLOCK];
      put(header, 0, path);
      put(header, 100, type == '5' ? "0000755" : "0000644");
      put(header, 108, "0000000");
      put(header, 116, "0000000");
      put(header, 124, "%011o".formatted(content.length));
      put(header, 136, "14000000000");
      header[156] = (byte) type;
      put(header, 257, "ustar\00000");
      Arrays.fill(header, 148, 156, (byte) ' ');
      int sum = 0;
      for (byte b : header) {
        sum += Byte.toUnsignedInt(b);
      }
      put(header, 148, "%06o\0 ".formatted(sum));
      tar.writeBytes(header);
      tar.writeBytes(Arrays.copyOf(content, (content.length + BLOCK - 1) / BLOCK * BLOCK));
      return this;
    }

    private static void put(byte[] header, int at, String text) {
      byte[] bytes = text.getBytes(US_ASCII);
      System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    private byte[] archive() {
      byte[] entries = tar.toByteArray();
      return Arrays.copyOf(entries, entries.length + 2 * BLOCK);
    }
  }

  /** Adds an image for Linux. */
  Descriptor add(String name, Layer... layers) throws IOException {
    return add(name, "linux", layers);
  }

  Descriptor add(String name, String system, Layer... layers) throws IOException {
    List<String> listed = new ArrayList<>();
    List<String> diffIds = new ArrayList<>();
    List<String> history = new ArrayList<>();
    for (Layer layer : layers) {
      byte[] archive = layer.archive();
      diffIds.add('"' + Digest.sha256(archive).toString() + '"');
      listed.add(put("application/vnd.oci.image.layer.v1.tar+gzip", gzip(archive)));
      history.add("{\"created_by\":\"step " + (history.size() + 1) + "\"}");
    }
    String configuration =
        put(
            "application/vnd.oci.image.config.v1+json",
            ("{\"architecture\":\"amd64\",\"os\":\"%s\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":%s},\"history\":%s}"
                    .formatted(system, diffIds, history))
                .getBytes(UTF_8));
    byte[] manifest =
        "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":%s}"
            .formatted(MediaType.OCI_MANIFEST, configuration, listed)
            .getBytes(UTF_8);
    put(MediaType.OCI_MANIFEST.value(), manifest);
    Descriptor entry =
        new Descriptor(
            MediaType.OCI_MANIFEST,
            Digest.sha256(manifest),
            manifest.length,
            Optional.empty(),
            Optional.empty(),
            Map.of(LayoutIndex.REFERENCE_NAME, name),
            List.of());
    try (OciLayout layout = OciLayout.open(folder)) {
      layout.update(index -> index.with(entry));
    }
    return entry;
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  /** Writes a blob; its descriptor as JSON. */
  private String put(String type, byte[] bytes) throws IOException {
    try (OciLayout layout = OciLayout.open(folder);
        LayoutBlobWriter writer = layout.write()) {
      writer.write(ByteBuffer.wrap(bytes));
      return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
          .formatted(type, writer.commit(), bytes.length);
    }
  }

  Path blob(Digest digest) {
    return folder.resolve("blobs").resolve("sha256").resolve(digest.hex());
  }
}
