package io.outcrop.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class SteadyPaceTest {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  private long now = Long.MAX_VALUE - SECOND; // About to overflow, as nano time may be.
  private final SteadyPace pace = new SteadyPace(1_000_000, () -> now);

  @Test
  void theFirstReadIsDueAtOnce() {
    assertThat(pace.untilDue()).isLessThanOrEqualTo(0);
  }

  @Test
  void readsAreSpreadEvenly() {
    long start = now;
    for (int i = 0; i < 100; i++) {
      now += Math.max(0, pace.untilDue());
      now += MILLI; // The read itself.
      pace.read(100_000, MILLI);
      assertThat(pace.untilDue()).isBetween(98 * MILLI, 100 * MILLI);
    }
    assertThat(now - start).isBetween(9_900 * MILLI, 10_000 * MILLI);
  }

  @Test
  void timeThatWasNotUsedIsNotMadeUpFor() {
    pace.read(100_000, MILLI);
    now += 3_600 * SECOND;
    assertThat(pace.untilDue()).isNegative();

    pace.read(100_000, MILLI);

    assertThat(pace.untilDue()).isBetween(98 * MILLI, 100 * MILLI);
  }

  @Test
  void aSlowDiskIsLeftAloneThreeTimesAsLong() {
    pace.read(100_000, 400 * MILLI);

    assertThat(pace.untilDue()).isEqualTo(1_200 * MILLI);
  }
}
