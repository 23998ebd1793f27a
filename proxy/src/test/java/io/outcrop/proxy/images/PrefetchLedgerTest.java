package io.outcrop.proxy.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.oci.Digest;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class PrefetchLedgerTest {

  private static final Digest ONE = Digest.sha256(new byte[] {1});
  private static final Digest TWO = Digest.sha256(new byte[] {2});

  private Instant now = Instant.parse("2026-03-01T10:00:00Z");
  private final PrefetchLedger ledger = new PrefetchLedger(() -> now);

  private void assertSums(long fetched, long used, long wasted) {
    assertThat(ledger.statistics()).isEqualTo(new PrefetchStatistics(fetched, used, wasted));
  }

  @Test
  void usedInTimeIsOfUse() {
    ledger.fetched(ONE, 100, true);
    now = now.plus(Duration.ofMinutes(59));
    ledger.settle(digest -> true);
    ledger.taken(ONE);
    ledger.taken(ONE);
    now = now.plus(Duration.ofHours(2));
    ledger.settle(digest -> true);
    assertSums(100, 100, 0);
  }

  @Test
  void notUsedForAnHourIsInVain_onceAndForAll() {
    ledger.fetched(ONE, 100, true);
    now = now.plus(Duration.ofMinutes(61));
    ledger.settle(digest -> true);
    ledger.settle(digest -> true);
    ledger.taken(ONE);
    assertSums(100, 0, 100);
  }

  @Test
  void evictedBeforeItsUseIsInVain() {
    ledger.fetched(ONE, 100, true);
    ledger.fetched(TWO, 50, true);
    ledger.settle(digest -> digest.equals(TWO));
    assertSums(150, 0, 100);
  }

  @Test
  void aPartWaitsForItsRest_andCountsOnce() {
    ledger.fetched(ONE, 40, false);
    ledger.settle(digest -> false);
    assertSums(40, 0, 0);
    ledger.fetched(ONE, 100, true);
    assertSums(100, 0, 0);
    ledger.taken(ONE);
    assertSums(100, 100, 0);
  }

  @Test
  void isBounded() {
    for (int i = 0; i < 10_010; i++) {
      ledger.fetched(Digest.sha256(new byte[] {(byte) i, (byte) (i >> 8)}), 1, true);
    }
    assertSums(10_010, 0, 10);
  }
}
