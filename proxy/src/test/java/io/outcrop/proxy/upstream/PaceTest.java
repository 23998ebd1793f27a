package io.outcrop.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class PaceTest {

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
  private final Pace pace =
      new Pace(10, Duration.ofMillis(500), nanos::get, time -> nanos.addAndGet(time.toNanos()));

  private Duration took(long units) throws InterruptedException {
    long before = nanos.get();
    pace.pay(units);
    return Duration.ofNanos(nanos.get() - before);
  }

  @Test
  void pay_aheadOnceAndThenAtTheRate() throws Exception {
    assertThat(took(5)).isZero();
    assertThat(took(1)).isEqualTo(Duration.ofMillis(100));
    assertThat(took(20)).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void pay_afterQuiet_savesNoMoreThanTheBurst() throws Exception {
    took(5);
    nanos.addAndGet(Duration.ofHours(1).toNanos());
    assertThat(took(10)).isEqualTo(Duration.ofMillis(500));
  }
}
