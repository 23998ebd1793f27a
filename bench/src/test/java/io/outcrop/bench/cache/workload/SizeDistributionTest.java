package io.outcrop.bench.cache.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Percentage.withPercentage;

import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SizeDistributionTest {

  private static final int STEPS = 1_000_000;
  private static final SizeDistribution SIZES = SizeDistribution.OF_REGISTRY;

  @ParameterizedTest
  @CsvSource({
    "0.05, 130",
    "0.25, 1100",
    "0.50, 11500",
    "0.65, 645000",
    "0.75, 3300000",
    "0.80, 9400000",
    "0.90, 35000000"
  })
  void quantile_isThatOfTheSample(double share, long bytes) {
    assertThat(SIZES.quantile(share)).isEqualTo(bytes);
  }

  /** 64, 256 and 1024 MiB: the share of requests above, and their share of the bytes. */
  @ParameterizedTest
  @CsvSource({"64, 0.0586, 0.648", "256, 0.0056, 0.244", "1024, 0.00049, 0.077"})
  void tail_isThatOfTheWholeTrace(long mib, double requests, double bytes) {
    long[] sizes = evenly();
    long bound = mib << 20;
    double total = LongStream.of(sizes).asDoubleStream().sum();

    assertThat(LongStream.of(sizes).filter(s -> s > bound).count() / (double) STEPS)
        .isCloseTo(requests, withPercentage(1));
    assertThat(LongStream.of(sizes).filter(s -> s > bound).asDoubleStream().sum() / total)
        .isCloseTo(bytes, withPercentage(10));
  }

  @Test
  void mean_isThatOfTheWholeTrace() {
    assertThat(LongStream.of(evenly()).average().orElseThrow())
        .isCloseTo(14.0e6, withPercentage(10));
  }

  @Test
  void of_spreadsNamesLikeTheDistribution() {
    long[] sizes =
        IntStream.range(0, 100_000).mapToLong(i -> SIZES.of("blob-" + i, 3)).sorted().toArray();

    assertThat((double) sizes[50_000]).isCloseTo(11_500, withPercentage(10));
    assertThat((double) sizes[75_000]).isCloseTo(3.3e6, withPercentage(10));
    assertThat((double) sizes[90_000]).isCloseTo(35e6, withPercentage(5));
  }

  @Test
  void quantile_refusesWhatIsNoShare() {
    assertThatThrownBy(() -> SIZES.quantile(1.5)).hasMessageContaining("1.5 (expected: 0 to 1)");
  }

  private static long[] evenly() {
    return IntStream.range(0, STEPS).mapToLong(i -> SIZES.quantile((i + 0.5) / STEPS)).toArray();
  }
}
