package io.outcrop.storage.cache;

import static io.outcrop.storage.cache.Digests.digest;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class RecentUsesTest {

  private static final long NOW = 1_750_000_000_000L;
  private static final long MINUTE = 60_000;

  private final RecentUses uses = new RecentUses(Duration.ofMinutes(10));

  @Test
  void oneClientCountsOnceWithinTheWindow() {
    assertThat(uses.counts(digest(1), 7, NOW)).isTrue();
    assertThat(uses.counts(digest(1), 7, NOW)).isFalse();
    assertThat(uses.counts(digest(1), 7, NOW + 9 * MINUTE)).isFalse();
    assertThat(uses.counts(digest(1), 7, NOW + 10 * MINUTE)).isTrue();
    assertThat(uses.counts(digest(1), 7, NOW + 19 * MINUTE)).isFalse();
  }

  @Test
  void otherClientsAndOtherContentCount() {
    assertThat(uses.counts(digest(1), 7, NOW)).isTrue();
    assertThat(uses.counts(digest(1), 8, NOW)).isTrue();
    assertThat(uses.counts(digest(2), 7, NOW)).isTrue();
  }

  @Test
  void clientsThatAreNotKnownAlwaysCount() {
    assertThat(uses.counts(digest(1), ReplacementPolicy.UNKNOWN_CLIENT, NOW)).isTrue();
    assertThat(uses.counts(digest(1), ReplacementPolicy.UNKNOWN_CLIENT, NOW)).isTrue();
  }

  @Test
  void withoutAWindowAllCount() {
    RecentUses none = new RecentUses(Duration.ZERO);

    assertThat(none.counts(digest(1), 7, NOW)).isTrue();
    assertThat(none.counts(digest(1), 7, NOW)).isTrue();
  }

  @Test
  void aClockSetBackForgetsRatherThanBlocks() {
    assertThat(uses.counts(digest(1), 7, NOW)).isTrue();
    assertThat(uses.counts(digest(1), 7, NOW - 3600 * MINUTE)).isTrue();
  }

  @Test
  void keepsTheLatestOfManyAndCountsWhatItForgot() {
    int many = 1_000_000;
    int counted = 0;
    for (int i = 0; i < many; i++) {
      counted += uses.counts(digest(i), 7, NOW + i / 10_000) ? 1 : 0;
    }
    assertThat(many - counted).as("uses taken for others").isLessThan(50);

    int recalled = 0;
    for (int i = many - 10_000; i < many; i++) {
      recalled += uses.counts(digest(i), 7, NOW + 100) ? 0 : 1;
    }
    assertThat(recalled).isGreaterThan(9_900);
    assertThat(uses.counts(digest(0), 7, NOW + 100)).isTrue();
  }
}
