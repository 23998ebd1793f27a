package io.outcrop.storage.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.oci.Platform;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class LayoutIndexTest {

  private static final Digest ONE = Digest.sha256(Layouts.bytes("one"));
  private static final Digest TWO = Digest.sha256(Layouts.bytes("two"));

  @Test
  void everyFieldOfAnEntryIsReadBack() throws Exception {
    Descriptor entry =
        new Descriptor(
            MediaType.OCI_MANIFEST,
            ONE,
            7,
            Optional.of(
                new Platform("windows", "arm", Optional.of("v7"), Optional.of("10.0.20348"))),
            Optional.of("application/vnd.example"),
            Map.of("b", "2", "a", "1", LayoutIndex.REFERENCE_NAME, "x"),
            List.of(URI.create("https://example.com/layer")));

    LayoutIndex index = LayoutIndex.parse(LayoutIndex.empty().with(entry).bytes());

    assertThat(index.entries()).containsExactly(entry);
  }

  @Test
  void whatOthersWroteIsKept() throws Exception {
    String foreign =
        """
        {"schemaVersion":2,"future":{"deep":[1]},"annotations":{"who":"somebody"},
         "manifests":[{"mediaType":"%s","digest":"%s","size":7,"new":true,
                       "platform":{"os":"linux","architecture":"amd64","os.features":["x"]}}]}
        """
            .formatted(MediaType.OCI_MANIFEST, ONE);

    LayoutIndex index =
        LayoutIndex.parse(Layouts.bytes(foreign)).with(Layouts.named(TWO, 3, Layouts.NAME));

    JsonNode root = json(index);
    assertThat(root.at("/future/deep/0").asInt()).isOne();
    assertThat(root.at("/annotations/who").asString()).isEqualTo("somebody");
    assertThat(root.at("/manifests/0/new").asBoolean()).isTrue();
    assertThat(root.at("/manifests/0/platform/os.features/0").asString()).isEqualTo("x");
    assertThat(index.entries()).extracting(Descriptor::digest).containsExactly(ONE, TWO);
  }

  @Test
  void anEntryTakesThePlaceOfTheOneOfItsName() throws Exception {
    LayoutIndex index =
        LayoutIndex.empty()
            .with(Layouts.named(ONE, 1, "a"))
            .with(Layouts.named(ONE, 1, "b"))
            .with(Layouts.named(TWO, 2, "a"));

    assertThat(index.entries())
        .containsExactly(Layouts.named(TWO, 2, "a"), Layouts.named(ONE, 1, "b"));
  }

  @Test
  void anEntryWithoutNameTakesThePlaceOfItsOwnDigestOnly() throws Exception {
    Descriptor one = Descriptor.of(MediaType.OCI_MANIFEST, ONE, 1);
    Descriptor two = Descriptor.of(MediaType.OCI_MANIFEST, TWO, 2);

    LayoutIndex index =
        LayoutIndex.empty().with(one).with(Layouts.named(ONE, 1, "a")).with(two).with(one);

    assertThat(index.entries()).containsExactly(one, Layouts.named(ONE, 1, "a"), two);
  }

  @Test
  void anEntryWrittenAgainKeepsWhatOnlyTheOldOneSays() throws Exception {
    String old =
        """
        {"schemaVersion":2,"manifests":[{"mediaType":"%s","digest":"%s","size":1,"new":[7],
         "annotations":{"org.opencontainers.image.ref.name":"a","mine":"kept","x":"old"}}]}
        """
            .formatted(MediaType.OCI_MANIFEST, ONE);
    Descriptor entry =
        new Descriptor(
            MediaType.OCI_MANIFEST,
            ONE,
            1,
            Optional.empty(),
            Optional.empty(),
            Map.of(LayoutIndex.REFERENCE_NAME, "a", "x", "new"),
            List.of());

    LayoutIndex index = LayoutIndex.parse(Layouts.bytes(old)).with(entry);

    assertThat(json(index).at("/manifests/0/new/0").asInt()).isEqualTo(7);
    assertThat(index.entries().getFirst().annotations())
        .containsOnly(
            Map.entry(LayoutIndex.REFERENCE_NAME, "a"),
            Map.entry("mine", "kept"),
            Map.entry("x", "new"));
  }

  @Test
  void theFullNameIsPreferred() {
    Descriptor docker =
        new Descriptor(
            MediaType.OCI_INDEX,
            ONE,
            1,
            Optional.empty(),
            Optional.empty(),
            Map.of(LayoutIndex.REFERENCE_NAME, "12", LayoutIndex.IMAGE_NAME, Layouts.NAME),
            List.of());

    assertThat(LayoutIndex.name(docker)).contains(Layouts.NAME);
    assertThat(LayoutIndex.name(Layouts.named(ONE, 1, "12"))).contains("12");
    assertThat(LayoutIndex.name(Descriptor.of(MediaType.OCI_INDEX, ONE, 1))).isEmpty();
  }

  @Test
  void theSameEntriesAreTheSameBytes() throws Exception {
    assertThat(LayoutIndex.empty().with(annotated("a", "b")).bytes())
        .isEqualTo(LayoutIndex.empty().with(annotated("b", "a")).bytes());
  }

  @Test
  void whatIsNoIndexIsRefused() {
    for (String text :
        List.of(
            "",
            "[]",
            "null",
            "{\"manifests\":7}",
            "{\"manifests\":[{}]}",
            "{\"manifests\":[{\"digest\":\"sha256:zz\",\"size\":1}]}",
            "{\"manifests\":[{\"digest\":\"" + ONE + "\",\"size\":-1}]}",
            "{\"config\":{},\"layers\":[]}",
            "{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"manifests\":[]}",
            "{\"manifests\":[" + "[".repeat(5_000) + "]}")) {
      assertThatThrownBy(() -> LayoutIndex.parse(Layouts.bytes(text)))
          .as(text)
          .isInstanceOf(LayoutException.class)
          .hasMessageStartingWith("index.json: ");
    }
  }

  @Test
  void anIndexOfTooManyEntriesIsRefused() {
    String entry =
        "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":1},"
            .formatted(MediaType.OCI_MANIFEST, ONE);
    String text = "{\"manifests\":[" + entry.repeat(10_000) + "{}]}";

    assertThatThrownBy(() -> LayoutIndex.parse(Layouts.bytes(text)))
        .isInstanceOf(LayoutException.class)
        .hasMessageContaining("10001");
  }

  private static Descriptor annotated(String... keys) {
    Map<String, String> annotations = new LinkedHashMap<>();
    for (String key : keys) {
      annotations.put(key, key);
    }
    return new Descriptor(
        MediaType.OCI_MANIFEST, ONE, 1, Optional.empty(), Optional.empty(), annotations, List.of());
  }

  private static JsonNode json(LayoutIndex index) {
    return JsonMapper.shared().readTree(new String(index.bytes(), StandardCharsets.UTF_8));
  }
}
