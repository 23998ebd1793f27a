package io.outcrop.proxy.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.outcrop.oci.Descriptor;
import io.outcrop.oci.Digest;
import io.outcrop.oci.MediaType;
import io.outcrop.storage.layout.LayoutIndex;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NameRuleTest {

  private static final Digest DIGEST = Digest.sha256(new byte[0]);
  private static final String REF = LayoutIndex.REFERENCE_NAME;
  private static final String IMAGE = LayoutIndex.IMAGE_NAME;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "docker.io/library/debian:12-slim",
        "localhost:5000/a/b:1",
        "localhost/a:latest",
        "quay.io/org/app@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "quay.io/org/app:1@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
      })
  void fullNamesAreReadAndWritten(String text) throws Exception {
    assertThat(ImageName.parse(text)).map(ImageName::toString).contains(text);
    assertThat(name(NameRule.AS_IT_SAYS, Map.of(REF, text))).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "12-slim",
        "debian:12",
        "org/app:1",
        "docker.io/",
        "docker.io/A:1",
        "docker.io/a:?",
        "docker.io/a@sha256:0",
        "docker.io/a@",
        "/a:1"
      })
  void otherNamesAreNone(String text) {
    assertThat(ImageName.parse(text)).isEmpty();
    assertThatThrownBy(() -> name(NameRule.AS_IT_SAYS, Map.of(REF, text)))
        .isInstanceOf(MediaException.class)
        .hasMessageContaining("--as");
  }

  @Test
  void theNameOfContainerdIsPreferred() throws Exception {
    assertThat(name(NameRule.AS_IT_SAYS, Map.of(REF, "12", IMAGE, "docker.io/library/debian:12")))
        .isEqualTo("docker.io/library/debian:12");
    assertThat(name(NameRule.AS_IT_SAYS, Map.of(REF, "quay.io/a/b:1", IMAGE, "b:1")))
        .isEqualTo("quay.io/a/b:1");
  }

  @Test
  void aRepositoryAloneStandsForTheDigest() throws Exception {
    assertThat(name(NameRule.AS_IT_SAYS, Map.of(REF, "quay.io/a/b")))
        .isEqualTo("quay.io/a/b@" + DIGEST);
  }

  @Test
  void theOperatorNamesOneImage() throws Exception {
    NameRule rule = as("quay.io/a/b:1");
    assertThat(rule.namesOne()).isTrue();
    assertThat(name(rule, Map.of(REF, "docker.io/library/debian:12"))).isEqualTo("quay.io/a/b:1");
    assertThat(name(rule, Map.of())).isEqualTo("quay.io/a/b:1");
  }

  @Test
  void theOperatorNamesTheRepositoryOfAll() throws Exception {
    NameRule rule = as("quay.io/a/b");
    assertThat(rule.namesOne()).isFalse();
    assertThat(name(rule, Map.of(REF, "12"))).isEqualTo("quay.io/a/b:12");
    assertThat(name(rule, Map.of(REF, "debian:12"))).isEqualTo("quay.io/a/b:12");
    assertThat(name(rule, Map.of(IMAGE, "docker.io/library/debian:13")))
        .isEqualTo("quay.io/a/b:13");
    assertThat(name(rule, Map.of())).isEqualTo("quay.io/a/b@" + DIGEST);
    assertThat(name(rule, Map.of(REF, "not a tag"))).isEqualTo("quay.io/a/b@" + DIGEST);
  }

  private static NameRule as(String name) {
    return new NameRule(ImageName.parse(name));
  }

  private static String name(NameRule rule, Map<String, String> annotations) throws MediaException {
    return rule.name(
            new Descriptor(
                MediaType.OCI_MANIFEST,
                DIGEST,
                0,
                Optional.empty(),
                Optional.empty(),
                annotations,
                List.of()))
        .toString();
  }
}
