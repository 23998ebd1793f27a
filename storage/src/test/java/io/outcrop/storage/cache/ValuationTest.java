package io.outcrop.storage.cache;

import static io.outcrop.storage.cache.Digests.digest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.outcrop.oci.Digest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ValuationTest {

  private static final long SIZE = 1_000_000;

  private double now = 4;
  private double usual = 4;
  private final Valuation valuation =
      new Valuation(
          StackArcOptions.defaults(),
          new RefetchCost() {
            @Override
            public double seconds(Digest content, long bytes) {
              return now;
            }

            @Override
            public double usualSeconds(Digest content, long bytes) {
              return usual;
            }
          });

  @Test
  void isWorthTheSecondsItSavesForEachByte() {
    assertThat(weight(SIZE, 3)).isCloseTo(12e-6f, within(1e-11f));
    assertThat(weight(SIZE / 2, 3)).isCloseTo(24e-6f, within(1e-11f));
  }

  @Test
  void usesBeyondTheLimitAddNothing() {
    assertThat(weight(SIZE, 8)).isEqualTo(weight(SIZE, 800));
    assertThat(weight(SIZE, 7)).isLessThan(weight(SIZE, 8));
  }

  @Test
  void followsTheCostOfTheMomentWithinLimitsAroundTheUsual() {
    now = 2;
    assertThat(valuation.seconds(digest(1), SIZE)).isEqualTo(2);
    now = 0.001;
    assertThat(valuation.seconds(digest(1), SIZE)).isEqualTo(4.0 / 3);
    now = 1e6;
    assertThat(valuation.seconds(digest(1), SIZE)).isEqualTo(12);
  }

  @ParameterizedTest
  @ValueSource(
      doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1e300})
  void takesNumbersThatMakeNoSenseAsUnknown(double number) {
    now = number;
    assertThat(valuation.seconds(digest(1), SIZE)).isEqualTo(4);
    usual = number;
    assertThat(valuation.seconds(digest(1), SIZE)).isEqualTo(0.28);
  }

  @Test
  void contentOfNoSizeHasAFiniteWorth() {
    assertThat(weight(0, 1)).isPositive().isFinite();
    assertThat(weight(0, 1)).isEqualTo(weight(4096, 1));
  }

  private float weight(long bytes, float uses) {
    return valuation.weight(new Resident(digest(1), bytes, uses, false, 0));
  }
}
