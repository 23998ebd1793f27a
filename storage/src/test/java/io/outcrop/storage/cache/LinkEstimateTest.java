package io.outcrop.storage.cache;

import static io.outcrop.storage.cache.Digests.digest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LinkEstimateTest {

  private static final Duration LATENCY = Duration.ofMillis(20);

  private final LinkEstimate link = new LinkEstimate();

  @Test
  void assumesAHundredMegabitsBeforeItHasSeenAny() {
    assertThat(link.seconds(digest(1), 12_500_000)).isCloseTo(1.2, within(1e-9));
    assertThat(link.usualSeconds(digest(1), 12_500_000)).isCloseTo(1.2, within(1e-9));
  }

  @Test
  void comesToWhatTheLinkIs() {
    for (int i = 0; i < 100; i++) {
      link.observe(LATENCY, 1_000_000, Duration.ofSeconds(1));
    }

    assertThat(link.latencySeconds()).isCloseTo(0.02, within(1e-4));
    assertThat(link.bytesPerSecond()).isCloseTo(1e6, within(1e4));
  }

  @Test
  void averagesWhatIsPaidRatherThanRates() {
    LinkEstimate even = new LinkEstimate(0.02, 1e6);
    even.observe(LATENCY, 1_000_000, Duration.ofSeconds(11));

    assertThat(1 / even.bytesPerSecond()).isCloseTo(0.9 * 1e-6 + 0.1 * 11e-6, within(1e-12));
  }

  @Test
  void oneTransferMovesItByATenth() {
    link.observe(Duration.ofMillis(1200), 0, Duration.ZERO);

    assertThat(link.latencySeconds()).isCloseTo(0.3, within(1e-9));
  }

  @Test
  void shortTransfersSayNothingAboutTheRate() {
    link.observe(LATENCY, 100_000, Duration.ofSeconds(50));

    assertThat(link.bytesPerSecond()).isCloseTo(12.5e6, within(1e-3));
  }

  @Test
  void timesTooShortToBeTrueLeaveItFinite() {
    for (int i = 0; i < 1000; i++) {
      link.observe(Duration.ofSeconds(-1), 1L << 40, Duration.ZERO);
    }

    assertThat(link.seconds(digest(1), 1L << 40)).isPositive().isFinite();
    assertThat(link.bytesPerSecond()).isFinite();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
  void refusesNumbersNoLinkHas(double number) {
    assertThatThrownBy(() -> new LinkEstimate(number, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("latencySeconds: " + number);
    assertThatThrownBy(() -> new LinkEstimate(1, number)).hasMessageContaining("bytesPerSecond");
  }

  @Test
  void losesNoneOfManyAtOnce() {
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      IntStream.range(0, 4)
          .forEach(t ->
              threads.execute(() -> {
                for (int i = 0; i < 50; i++) {
                  link.observe(Duration.ofMillis(1200), 0, Duration.ZERO);
                }
              }));
    }

    // 1.2 - 1 * 0.9^200: all of them have counted.
    assertThat(1.2 - link.latencySeconds()).isCloseTo(Math.pow(0.9, 200), within(1e-12));
  }
}
