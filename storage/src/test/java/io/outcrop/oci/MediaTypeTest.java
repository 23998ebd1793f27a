package io.outcrop.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class MediaTypeTest {

  static String[] invalid() {
    return new String[] {
      "",
      "/",
      "a",
      "a/",
      "/b",
      "a /b",
      "a/b ",
      "a/b,c/d",
      "a/b\r\nX: y",
      "a/\"b\"",
      "a/\u00fc",
      "a/\0",
      "a/" + "b".repeat(254),
    };
  }

  @ParameterizedTest
  @CsvSource({
    "application/json,application/json",
    "application/json; charset=utf-8,application/json",
    "' application/vnd.oci.image.index.v1+json ;a=b;c',application/vnd.oci.image.index.v1+json",
    "text/plain;,text/plain",
  })
  void readsAHeaderWithoutItsParameters(String header, String expected) {
    assertThat(MediaType.ofContentType(header)).hasToString(expected);
  }

  @ParameterizedTest
  @MethodSource("invalid")
  void refusesWhatIsNoType(String text) {
    assertThatThrownBy(() -> new MediaType(text)).isInstanceOf(InvalidNameException.class);
  }

  @Test
  void acceptsUpTo255Characters() {
    assertThat(new MediaType("a/" + "b".repeat(253)).value()).hasSize(255);
  }

  @Test
  void knowsIndexesAndSchema1() {
    assertThat(MediaType.OCI_INDEX.isIndex()).isTrue();
    assertThat(MediaType.DOCKER_MANIFEST_LIST.isIndex()).isTrue();
    assertThat(MediaType.OCI_MANIFEST.isIndex()).isFalse();
    assertThat(MediaType.DOCKER_SCHEMA1.isSchema1()).isTrue();
    assertThat(MediaType.DOCKER_SCHEMA1_SIGNED.isSchema1()).isTrue();
    assertThat(MediaType.DOCKER_MANIFEST.isSchema1()).isFalse();
  }
}
