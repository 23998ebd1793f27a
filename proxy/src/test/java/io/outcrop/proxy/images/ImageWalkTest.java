package io.outcrop.proxy.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.oci.Repository;
import io.outcrop.proxy.images.ImagePart.Kind;
import io.outcrop.proxy.images.ManifestSource.Document;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ImageWalkTest {

  private static final Repository APP = Repository.of("docker.io", "org/app");
  private static final String LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";

  private final Map<Digest, Document> documents = new HashMap<>();

  private ImageParts walk(Digest root, Platforms platforms) throws Exception {
    ImageWalk walk =
        new ImageWalk(
            (repository, digest) -> Optional.ofNullable(documents.get(digest)), APP, platforms);
    walk.document(root, Optional.empty(), Optional.empty(), 0);
    return walk.result(root);
  }

  private Digest document(MediaType type, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    documents.put(Digest.sha256(bytes), new Document(bytes, type));
    return Digest.sha256(bytes);
  }

  private static String descriptor(String type, Digest digest, String more) {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":5%s}".formatted(type, digest, more);
  }

  private Digest image(String... layers) {
    List<String> all = new ArrayList<>();
    for (String layer : layers) {
      all.add(layer.startsWith("{") ? layer : descriptor(LAYER, blob(layer), ""));
    }
    return document(
        MediaType.OCI_MANIFEST,
        "{\"schemaVersion\":2,\"config\":%s,\"layers\":[%s]}"
            .formatted(
                descriptor("application/vnd.oci.image.config.v1+json", blob("config"), ""),
                String.join(",", all)));
  }

  private Digest index(String... children) {
    return document(
        MediaType.OCI_INDEX,
        "{\"schemaVersion\":2,\"manifests\":[%s]}".formatted(String.join(",", children)));
  }

  private static String child(MediaType type, Digest digest, String platform) {
    String[] parts = platform.split("/");
    return descriptor(
        type.value(),
        digest,
        platform.isEmpty()
            ? ""
            : ",\"platform\":{\"os\":\"%s\",\"architecture\":\"%s\"}"
                .formatted(parts[0], parts[1]));
  }

  private static Digest blob(String text) {
    return Digest.sha256(text.getBytes(StandardCharsets.UTF_8));
  }

  private static List<Digest> digests(ImageParts parts) {
    return parts.parts().stream().map(ImagePart::digest).toList();
  }

  @Test
  void anImageIsItsManifestItsConfigurationAndItsLayers_inTheirOrder() throws Exception {
    Digest image = image("base", "middle", "top", "base");
    ImageParts parts = walk(image, Platforms.own());
    assertThat(digests(parts))
        .containsExactly(image, blob("config"), blob("base"), blob("middle"), blob("top"));
    assertThat(parts.parts())
        .extracting(ImagePart::kind)
        .containsExactly(Kind.MANIFEST, Kind.CONFIG, Kind.LAYER, Kind.LAYER, Kind.LAYER);
    assertThat(parts.parts()).allMatch(part -> part.manifest().equals(image));
  }

  @Test
  void anIndexIsTakenForThePlatformsThatAreMeant() throws Exception {
    Digest arm = image("arm");
    Digest amd = image("amd");
    Digest root =
        index(
            child(MediaType.OCI_MANIFEST, arm, "linux/arm64"),
            child(MediaType.OCI_MANIFEST, amd, "linux/amd64"));
    assertThat(digests(walk(root, Platforms.parse(List.of("linux/arm64")))))
        .containsExactly(root, arm, blob("config"), blob("arm"));
    assertThat(digests(walk(root, Platforms.ALL)))
        .containsExactly(root, arm, amd, blob("config"), blob("arm"), blob("amd"));
    assertThatThrownBy(() -> walk(root, Platforms.parse(List.of("linux/s390x"))))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("is for linux/amd64, linux/arm64 (expected: linux/s390x)");
  }

  @Test
  void indexesMayBeNested_thoughNotForEver() throws Exception {
    Digest image = image("deep");
    Digest nested = index(child(MediaType.OCI_MANIFEST, image, "linux/amd64"));
    nested = index(child(MediaType.OCI_INDEX, nested, ""));
    assertThat(digests(walk(nested, Platforms.ALL))).contains(image, blob("deep"));
    for (int i = 0; i < 4; i++) {
      nested = index(child(MediaType.OCI_INDEX, nested, ""));
    }
    Digest tooDeep = nested;
    assertThatThrownBy(() -> walk(tooDeep, Platforms.ALL))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("nested deeper");
  }

  @Test
  void whatIsForNoPlatformIsAlwaysTaken() throws Exception {
    Digest artifact = image("artifact");
    Digest root =
        index(
            child(MediaType.OCI_MANIFEST, artifact, ""),
            descriptor("application/vnd.example+json", blob("plain"), ""));
    assertThat(digests(walk(root, Platforms.parse(List.of("linux/s390x")))))
        .containsExactlyInAnyOrder(root, artifact, blob("config"), blob("artifact"), blob("plain"));
  }

  @Test
  void whatClientsFetchFromElsewhereIsLeftToThem() throws Exception {
    String foreign =
        descriptor(
            "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
            blob("windows"),
            ",\"urls\":[\"https://example.test/x\"]");
    // The same type without another place to fetch it from must be in the registry.
    String here =
        descriptor("application/vnd.oci.image.layer.nondistributable.v1.tar", blob("here"), "");
    Digest image = image(foreign, here, "top");
    ImageParts parts = walk(image, Platforms.ALL);
    assertThat(digests(parts)).containsExactly(image, blob("config"), blob("here"), blob("top"));
    assertThat(parts.foreign()).isEqualTo(1);
  }

  @Test
  void whatIsNotToBeHadIsNamed() throws Exception {
    Digest there = image("there");
    Digest missing = blob("missing");
    Digest root =
        index(
            child(MediaType.OCI_MANIFEST, there, "linux/amd64"),
            child(MediaType.OCI_MANIFEST, missing, "linux/arm64"));
    ImageParts parts = walk(root, Platforms.ALL);
    assertThat(parts.unread()).containsExactly(missing);
    assertThat(digests(parts)).contains(missing, blob("there"));
  }

  @Test
  void tooMuchIsRefused() {
    List<String> children = new ArrayList<>();
    for (int i = 0; i < 2_001; i++) {
      children.add(child(MediaType.OCI_MANIFEST, image("layer" + i), "linux/amd64"));
    }
    Digest root = index(children.toArray(String[]::new));
    assertThatThrownBy(() -> walk(root, Platforms.ALL))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("more than 2000 manifests");
  }

  @Test
  void aDocumentThatIsNoneIsRefused() {
    Digest root = document(MediaType.OCI_MANIFEST, "{\"schemaVersion\":2}");
    assertThatThrownBy(() -> walk(root, Platforms.ALL))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining(root.toString());
  }
}
