package io.outcrop.proxy.it;

import io.outcrop.oci.Digest;
import io.outcrop.proxy.it.Images.Image;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;

/**
 * An image with one layer as large as a test wants it, in an origin of that test.
 *
 * @param size of the layer in bytes
 */
record LargeImage(Digest manifest, Digest config, Digest layer, long size) {

  static final Image NAME = new Image(Images.REGISTRY, "org/large", "1");

  private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";

  /** Makes one and pushes it. */
  static LargeImage push(Origin origin, long size) throws Exception {
    RegistryClient client = origin.client();
    Digest layer = client.pushBlob(NAME.repository(), new Noise(1, size));
    byte[] config =
        """
        {"architecture":"amd64","os":"linux","config":{},\
        "rootfs":{"type":"layers","diff_ids":["%s"]}}\
        """
            .formatted(layer)
            .getBytes(StandardCharsets.UTF_8);
    Digest configDigest = client.pushBlob(NAME.repository(), new ByteArrayInputStream(config));
    byte[] manifest =
        """
        {"schemaVersion":2,"mediaType":"%s",\
        "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%s","size":%d},\
        "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"%s","size":%d}]}\
        """
            .formatted(MANIFEST, configDigest, config.length, layer, size)
            .getBytes(StandardCharsets.UTF_8);
    client.pushManifest(NAME.repository(), NAME.tag(), MANIFEST, manifest);
    origin.forgetAccesses();
    return new LargeImage(Digest.sha256(manifest), configDigest, layer, size);
  }

  /** Where Outcrop has the layer. */
  String layerPath() {
    return NAME.mirrored("blobs", layer);
  }
}
