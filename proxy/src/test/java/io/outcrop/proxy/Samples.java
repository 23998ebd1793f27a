package io.outcrop.proxy;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Collectors;

/** Content to push into a registry; the same seed gives the same bytes. */
final class Samples {

  private Samples() {}

  static byte[] blob(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /** An OCI manifest that names a configuration and layers, with some text of its own. */
  static byte[] manifest(String text, byte[]... blobs) {
    return manifest(MediaType.OCI_MANIFEST, text, blobs);
  }

  static byte[] manifest(MediaType type, String text, byte[]... blobs) {
    String layers =
        Arrays.stream(blobs)
            .map(blob -> descriptor("application/vnd.oci.image.layer.v1.tar+gzip", blob))
            .collect(Collectors.joining(","));
    return """
    {"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s],"annotations":{"text":"%s"}}
    """
        .formatted(
            type.value(),
            descriptor("application/vnd.oci.image.config.v1+json", bytes("{}")),
            layers,
            text)
        .getBytes(StandardCharsets.UTF_8);
  }

  static byte[] index(MediaType type, byte[]... manifests) {
    return """
    {"schemaVersion":2,"mediaType":"%s","manifests":[%s]}\
    """
        .formatted(
            type.value(),
            Arrays.stream(manifests)
                .map(manifest -> descriptor(MediaType.OCI_MANIFEST.value(), manifest))
                .collect(Collectors.joining(",")))
        .getBytes(StandardCharsets.UTF_8);
  }

  static String descriptor(String type, byte[] content) {
    return """
    {"mediaType":"%s","digest":"%s","size":%d}\
    """
        .formatted(type, Digest.sha256(content), content.length);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
