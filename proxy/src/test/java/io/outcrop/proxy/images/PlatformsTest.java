package io.outcrop.proxy.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.outcrop.oci.Platform;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PlatformsTest {

  private static Optional<Platform> platform(String text) {
    String[] parts = text.split("/");
    return Optional.of(
        new Platform(
            parts[0],
            parts[1],
            parts.length > 2 ? Optional.of(parts[2]) : Optional.empty(),
            Optional.empty()));
  }

  @ParameterizedTest
  @CsvSource({
    "linux/arm64, linux/arm64, true",
    "linux/arm64, linux/arm64/v8, true",
    "linux/arm64, linux/arm/v7, false",
    "linux/arm, linux/arm/v6, true",
    "linux/arm, linux/arm/v7, true",
    "linux/arm/v7, linux/arm/v6, false",
    "linux/arm/v7, linux/arm/v7, true",
    "linux/arm/v7, linux/arm, true",
    "linux/arm64/v8, linux/arm64, true",
    "LINUX/ARM64, linux/arm64, true",
    "windows/amd64, linux/amd64, false",
    "all, plan9/mips, true",
  })
  void includes(String wanted, String there, boolean included) {
    assertThat(Platforms.parse(List.of(wanted)).include(platform(there))).isEqualTo(included);
    assertThat(Platforms.parse(List.of(wanted)).include(Optional.empty())).isTrue();
  }

  @Test
  void anyOfSeveralIsEnough() {
    Platforms two = Platforms.parse(List.of("linux/arm64", "linux/amd64"));
    assertThat(two.include(platform("linux/amd64/v3"))).isTrue();
    assertThat(two.include(platform("linux/s390x"))).isFalse();
    assertThat(Platforms.ofTexts(two.toTexts())).isEqualTo(two);
    assertThat(Platforms.ofTexts(Platforms.ALL.toTexts())).isEqualTo(Platforms.ALL);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "linux", "linux/", "linux/arm/v7/x", "linux arm", "all,linux/arm", "../x"})
  void refuses(String texts) {
    assertThatThrownBy(() ->
            Platforms.parse(texts.isEmpty() ? List.of() : Arrays.asList(texts.split(",", -1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected: ");
  }
}
