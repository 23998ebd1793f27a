package io.outcrop.oci;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ManifestParserTest {

  private static final String IMAGE_HEAD =
      "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",";
  private static final String CONFIG =
      "\"config\":{\"mediaType\":\"a/b\",\"digest\":\""
          + Manifests.CONFIG_DIGEST
          + "\",\"size\":2}";

  @Test
  void readsADockerImage() throws Exception {
    Manifest.Image image = image(Manifests.DOCKER_IMAGE, MediaType.DOCKER_MANIFEST);

    assertThat(image.mediaType()).isEqualTo(MediaType.DOCKER_MANIFEST);
    assertThat(image.config().digest()).hasToString(Manifests.CONFIG_DIGEST);
    assertThat(image.config().size()).isEqualTo(7023);
    assertThat(image.layers()).hasSize(2);
    assertThat(image.children().map(Descriptor::size)).containsExactly(7023L, 32654L, 16724L);
    assertThat(image.artifactType()).contains("application/vnd.docker.container.image.v1+json");
    assertThat(image.subject()).isEmpty();
  }

  @Test
  void keepsTheUsableUrlsOfAForeignLayer() throws Exception {
    Manifest.Image image = image(Manifests.DOCKER_IMAGE, MediaType.DOCKER_MANIFEST);

    assertThat(image.layers().get(0).urls()).isEmpty();
    assertThat(image.layers().get(1).urls())
        .containsExactly(URI.create("https://example.com/layer.tar.gz"));
  }

  @Test
  void readsADockerManifestList() throws Exception {
    Manifest.Index index = index(Manifests.DOCKER_LIST, MediaType.DOCKER_MANIFEST_LIST);

    assertThat(index.manifests())
        .extracting(d -> d.platform().orElseThrow().toString())
        .containsExactly("linux/amd64", "linux/arm/v7");
    assertThat(index.children()).hasSize(2);
  }

  @Test
  void readsAnOciImageWithUnknownFields() throws Exception {
    Manifest.Image image = image(Manifests.OCI_IMAGE, MediaType.OCI_MANIFEST);

    assertThat(image.layers().getFirst().size()).isEqualTo(Long.MAX_VALUE);
    assertThat(image.layers().getFirst().annotations()).containsOnlyKeys("a");
    assertThat(image.annotations())
        .containsEntry("org.opencontainers.image.created", "2026-01-01T00:00:00Z");
  }

  @Test
  void readsAnOciIndexWithAttestations() throws Exception {
    Manifest.Index index = index(Manifests.OCI_INDEX, MediaType.OCI_INDEX);

    assertThat(index.manifests().get(0).platform().orElseThrow().osVersion())
        .contains("10.0.20348.2");
    assertThat(index.manifests().get(1).artifactType()).contains("application/example");
    assertThat(index.manifests().get(1).annotations())
        .containsEntry("vnd.docker.reference.type", "attestation-manifest");
  }

  @Test
  void readsAnArtifactWithItsSubject() throws Exception {
    Manifest.Image artifact = image(Manifests.ARTIFACT, MediaType.OCI_MANIFEST);

    assertThat(artifact.artifactType()).contains("application/vnd.example.sbom.v1");
    assertThat(artifact.subject().map(s -> s.digest().toString())).contains(Manifests.OTHER_DIGEST);
    assertThat(artifact.children()).as("subject is no child").hasSize(1);
  }

  @Test
  void readsAnEmptyIndexHoweverItIsWritten() throws Exception {
    assertThat(index(Manifests.EMPTY_INDEX, MediaType.OCI_INDEX).manifests()).isEmpty();
    // Go writes an empty slice as null.
    assertThat(index(Manifests.EMPTY_INDEX.replace("[]", "null"), MediaType.OCI_INDEX).manifests())
        .isEmpty();
  }

  @Test
  void takesTheDeclaredTypeWhereTheDocumentHasNone() throws Exception {
    String bare = "{\"schemaVersion\":2," + CONFIG + ",\"layers\":[]}";

    assertThat(image(bare, MediaType.OCI_MANIFEST).mediaType()).isEqualTo(MediaType.OCI_MANIFEST);
    assertThat(image(bare, MediaType.JSON).mediaType()).isEqualTo(MediaType.JSON);
  }

  @Test
  void refusesSchema1ByItsDeclaredType() {
    refuses(Manifests.SCHEMA1, MediaType.DOCKER_SCHEMA1, "schema 1");
    refuses(Manifests.SCHEMA1, MediaType.DOCKER_SCHEMA1_SIGNED, "schema 1");
    refuses(Manifests.DOCKER_IMAGE, MediaType.DOCKER_SCHEMA1, "schema 1");
  }

  @Test
  void refusesSchema1ByItsContent() {
    refuses(Manifests.SCHEMA1, MediaType.JSON, "schema 1");
    refuses(Manifests.SCHEMA1, MediaType.DOCKER_MANIFEST, "schema 1");
  }

  @Test
  void refusesSchema1LayersInADisguise() {
    String disguised =
        IMAGE_HEAD + CONFIG + ",\"layers\":[],\"fsLayers\":[{\"blobSum\":\"sha256:0\"}]}";

    refuses(disguised, MediaType.OCI_MANIFEST, "schema 1");
  }

  @Test
  void refusesADocumentThatContradictsItsHeader() {
    refuses(Manifests.OCI_IMAGE, MediaType.OCI_INDEX, "mediaType");
    refuses(Manifests.OCI_INDEX, MediaType.OCI_MANIFEST, "mediaType");
    refuses(Manifests.DOCKER_IMAGE, MediaType.OCI_MANIFEST, "mediaType");
  }

  @Test
  void refusesAnImageServedAsAnIndexWithoutSayingSo() {
    String bareImage = "{\"schemaVersion\":2," + CONFIG + ",\"layers\":[]}";

    refuses(bareImage, MediaType.OCI_INDEX, "layers");
    refuses(bareImage, MediaType.DOCKER_MANIFEST_LIST, "layers");
  }

  @Test
  void refusesAnIndexServedAsAnImageWithoutSayingSo() {
    String bareIndex = "{\"schemaVersion\":2,\"manifests\":[]}";

    refuses(bareIndex, MediaType.OCI_MANIFEST, "manifests");
    refuses(bareIndex, MediaType.DOCKER_MANIFEST, "manifests");
  }

  @Test
  void refusesBothManifestsAndLayers() {
    refuses(
        "{\"schemaVersion\":2,\"manifests\":[],\"layers\":[]}", MediaType.JSON, "both manifests");
    refuses("{\"schemaVersion\":2,\"manifests\":[]," + CONFIG + "}", MediaType.JSON, "both");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "[]",
        "7",
        "\"text\"",
        "{",
        "{}",
        "{]",
        "{\"a\":}",
        "{} {}",
        "{}x",
        "\u0000",
        "{\"schemaVersion\":2}",
        "{\"config\":null}",
        "{\"config\":{}}",
        "{\"config\":[]}",
        "{\"layers\":[]}",
        "<html></html>",
        "NaN",
        "{'a':1}",
        "{\"a\":01}",
        "// comment\n{}"
      })
  void refusesWhatIsNoManifest(String text) {
    refuses(text, MediaType.OCI_MANIFEST, "");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-1",
        "1.5",
        "1e3",
        "9223372036854775808",
        "-9223372036854775809",
        "\"2\"",
        "null",
        "true",
        "[2]",
        "{}",
        "1e999999999"
      })
  void refusesSizesThatAreNoLength(String size) {
    refuses(imageWithSize(size), MediaType.OCI_MANIFEST, "size");
  }

  @Test
  void refusesNumbersOfEndlessDigits() {
    refuses(imageWithSize("1".repeat(100_000)), MediaType.OCI_MANIFEST, "");
  }

  @Test
  void refusesADescriptorWithoutSize() {
    refuses(
        IMAGE_HEAD
            + "\"config\":{\"mediaType\":\"a/b\",\"digest\":\""
            + Manifests.CONFIG_DIGEST
            + "\"},\"layers\":[]}",
        MediaType.OCI_MANIFEST,
        "size");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "sha256:abc", "md5:d41d8cd98f00b204e9800998ecf8427e", "../../etc"})
  void refusesDescriptorsWithoutADigestWeKnow(String digest) {
    refuses(
        Manifests.OCI_IMAGE.replace(Manifests.LAYER_DIGEST, digest),
        MediaType.OCI_MANIFEST,
        "digest");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "\"x\"", "7", "true", "[7]", "[null]", "[[]]", "[\"x\"]"})
  void refusesLayersThatAreNoListOfDescriptors(String layers) {
    refuses(IMAGE_HEAD + CONFIG + ",\"layers\":" + layers + "}", MediaType.OCI_MANIFEST, "");
  }

  @Test
  void refusesManifestsThatAreNoList() {
    String object = "{\"a\":{\"digest\":\"" + Manifests.LAYER_DIGEST + "\",\"size\":1}}";

    refuses(Manifests.EMPTY_INDEX.replace("[]", object), MediaType.OCI_INDEX, "manifests");
  }

  @Test
  void refusesADocumentThatSaysAThingTwice() {
    refuses(
        Manifests.OCI_IMAGE.replace(
            "\"schemaVersion\":2,", "\"schemaVersion\":2,\"mediaType\":\"a/b\","),
        MediaType.OCI_MANIFEST,
        "");
  }

  @Test
  void refusesOtherEncodingsThanUtf8() {
    assertInvalid(Manifests.OCI_IMAGE.getBytes(UTF_16LE), MediaType.OCI_MANIFEST, "");
    assertInvalid(
        Manifests.OCI_IMAGE
            .replace("\"k\"", "\"\u00e9\"")
            .replace("\"b\"", "\"\u00e9\"")
            .getBytes(ISO_8859_1),
        MediaType.OCI_MANIFEST,
        "");
    byte[] overlong = Manifests.OCI_IMAGE.replace("\"b\"", "\"~~\"").getBytes(UTF_8);
    for (int i = 0; i < overlong.length; i++) {
      if (overlong[i] == '~') {
        overlong[i] = (byte) 0xc0;
        overlong[i + 1] = (byte) 0xaf;
        break;
      }
    }
    assertInvalid(overlong, MediaType.OCI_MANIFEST, "");
  }

  @Test
  void acceptsUtf8BeyondAscii() throws Exception {
    String text = Manifests.OCI_IMAGE.replace("\"a\":\"b\"", "\"a\":\"\u00e9\ud83d\ude80\"");

    assertThat(image(text, MediaType.OCI_MANIFEST).layers().getFirst().annotations())
        .containsEntry("a", "\u00e9\ud83d\ude80");
  }

  @Test
  void refusesAManifestThatIsTooLarge() {
    byte[] large = new byte[ManifestParser.MAX_BYTES + 1];
    java.util.Arrays.fill(large, (byte) ' ');

    assertInvalid(large, MediaType.OCI_MANIFEST, "size");
  }

  @Test
  void acceptsAManifestOfTheLargestSize() throws Exception {
    String start = IMAGE_HEAD + CONFIG + ",\"layers\":[],\"annotations\":{\"a\":\"";
    String text = start + "x".repeat(ManifestParser.MAX_BYTES - start.length() - 3) + "\"}}";

    assertThat(text).hasSize(ManifestParser.MAX_BYTES);
    assertThat(image(text, MediaType.OCI_MANIFEST).annotations().get("a")).startsWith("xxx");
  }

  @Test
  void refusesDeepNesting() {
    refuses(
        IMAGE_HEAD + "\"x\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}",
        MediaType.OCI_MANIFEST,
        "");
  }

  @Test
  void acceptsTenThousandEntriesAndNoMore() throws Exception {
    assertThat(index(indexOf(10_000), MediaType.OCI_INDEX).manifests()).hasSize(10_000);
    refuses(indexOf(10_001), MediaType.OCI_INDEX, "entries");
  }

  @Test
  void refusesMillionsOfNodesBeforeHoldingThem() {
    String many = IMAGE_HEAD + "\"x\":[" + "{},".repeat(2_500_000) + "{}]}";

    refuses(many, MediaType.OCI_MANIFEST, "oken");
  }

  @Test
  void keepsItsMessagesShort() {
    refuses(imageWithSize("[" + "1,".repeat(10_000) + "1]"), MediaType.OCI_MANIFEST, "size");
    refuses(
        Manifests.OCI_IMAGE.replace("manifest.v1+json\",", "x".repeat(100_000) + "\","),
        MediaType.OCI_MANIFEST,
        "mediaType");
  }

  private static String imageWithSize(String size) {
    return Manifests.OCI_IMAGE.replace("9223372036854775807", size);
  }

  private static String indexOf(int entries) {
    String entry =
        "{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"digest\":\""
            + Manifests.LAYER_DIGEST
            + "\",\"size\":1,\"platform\":{\"os\":\"linux\","
            + "\"architecture\":\"amd64\",\"variant\":\"v3\"},\"annotations\":{\"a\":\"b\"}}";
    return Manifests.EMPTY_INDEX.replace(
        "[]",
        IntStream.range(0, entries)
            .mapToObj(i -> entry)
            .collect(Collectors.joining(",", "[", "]")));
  }

  private static Manifest.Image image(String text, MediaType declared) throws Exception {
    return (Manifest.Image) ManifestParser.parse(text.getBytes(UTF_8), declared);
  }

  private static Manifest.Index index(String text, MediaType declared) throws Exception {
    return (Manifest.Index) ManifestParser.parse(text.getBytes(UTF_8), declared);
  }

  private static void refuses(String text, MediaType declared, String said) {
    assertInvalid(text.getBytes(UTF_8), declared, said);
  }

  private static void assertInvalid(byte[] bytes, MediaType declared, String said) {
    assertThatThrownBy(() -> ManifestParser.parse(bytes, declared))
        .isInstanceOfSatisfying(
            InvalidManifestException.class,
            e ->
                assertThat(Optional.ofNullable(e.getMessage()))
                    .hasValueSatisfying(m -> assertThat(m).contains(said).hasSizeLessThan(1_000)));
  }
}
