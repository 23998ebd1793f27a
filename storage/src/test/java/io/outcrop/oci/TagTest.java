package io.outcrop.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.outcrop.oci.Digest.Algorithm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TagTest {

  static String[] invalid() {
    return new String[] {
      "",
      ".hidden",
      "-dash",
      "a/b",
      "a:b",
      "a b",
      "a\n",
      "a\0",
      "tag+plus",
      "\u00fcber",
      "x".repeat(129),
      "x".repeat(5_000_000),
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"latest", "3.12-slim", "_", "__a", "V1.0.0-RC.1", "0", "a--..__b", "a."})
  void acceptsWhatTheSpecificationAllows(String text) {
    assertThat(new Tag(text)).hasToString(text);
    assertThat(Reference.parse(text)).isEqualTo(new Tag(text));
  }

  @Test
  void acceptsUpTo128Characters() {
    assertThat(new Tag("x".repeat(128)).value()).hasSize(128);
  }

  @ParameterizedTest
  @MethodSource("invalid")
  void refusesAnythingElse(String text) {
    assertThatThrownBy(() -> new Tag(text))
        .isInstanceOfSatisfying(
            InvalidNameException.class,
            e -> {
              assertThat(e.kind()).isEqualTo("tag");
              assertThat(e.getMessage()).hasSizeLessThan(400);
            });
  }

  @Test
  void referenceWithAColonIsADigestOrNothing() {
    Digest digest = Digest.sha256(new byte[] {1});

    assertThat(Reference.parse(digest.toString())).isEqualTo(digest);
    assertThatThrownBy(() -> Reference.parse("sha256:latest"))
        .isInstanceOf(InvalidNameException.class);
  }

  @Test
  void referrersFallbackIsAlgorithmAndHex() {
    Digest subject = Digest.sha256(new byte[0]);

    assertThat(Tag.referrersFallback(subject))
        .hasToString("sha256-e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  }

  @Test
  void referrersFallbackCutsALongHashTo64Digits() {
    Digest subject = Digest.of(Algorithm.SHA512, new byte[0]);

    assertThat(Tag.referrersFallback(subject))
        .hasToString("sha512-" + subject.hex().substring(0, 64));
  }
}
