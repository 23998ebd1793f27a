package io.outcrop.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DurationsTest {

  @ParameterizedTest
  @CsvSource({
    "0, PT0S",
    "0s, PT0S",
    "250ms, PT0.25S",
    "90s, PT90S",
    "5m, PT5M",
    "1h30m, PT1H30M",
    "2d, PT48H",
    "1d1h1m1s1ms, PT25H1M1.001S",
    "999999999d, PT23999999976H"
  })
  void parse(String text, Duration expected) {
    assertThat(Durations.parse(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "5",
        "00",
        "m",
        "-5m",
        "1.5h",
        "5 m",
        " 5m",
        "5M",
        "30m1h",
        "5m5m",
        "PT5M",
        "1w",
        "9999999999s",
        "٣s"
      })
  void parse_otherwise(String text) {
    assertThatThrownBy(() -> Durations.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("duration: " + text + " (expected: numbers with units, such as 90s or 1h30m)");
  }
}
