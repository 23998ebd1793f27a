package io.outcrop.bench.cache.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import io.outcrop.bench.cache.workload.Workload;
import org.junit.jupiter.api.Test;

/** The bounds on traces that were worked out by hand. */
final class BoundsTest {

  @Test
  void packing_countsWhatFitsIntoCapacityTimesTime() {
    // Each of three needs 1 byte for 3 requests; there is 1 byte for 6.
    assertThat(bound("a b c a b c").objectHitRatio(1)).isEqualTo(2.0 / 6);
  }

  @Test
  void packing_takesPartOfTheLastThatFits() {
    assertThat(bound("a b c a b c d").objectHitRatio(1)).isEqualTo((2 + 1.0 / 3) / 7);
  }

  @Test
  void packing_leavesOutWhatIsLargerThanTheCache() {
    PackingBound bound = bound("a1 b3 a1 b3");

    assertThat(bound.objectHitRatio(1)).isEqualTo(1.0 / 4);
    assertThat(bound.byteHitRatio(1)).isEqualTo(1.0 / 8);
  }

  @Test
  void packing_takesTheCheapestOfEachMeasure() {
    // 12 bytes times requests. a needs 2 for 4, b 4 for 4: by hits a is cheaper. By bytes they cost
    // the same, and so all of the room is well spent.
    PackingBound bound = bound("a2 b4 c1 d1 a2 b4");

    assertThat(bound.objectHitRatio(2)).isEqualTo(1.0 / 6);
    assertThat(bound.objectHitRatio(4)).isEqualTo(2.0 / 6);
    assertThat(bound.byteHitRatio(4)).isEqualTo(6.0 / 14);
  }

  @Test
  void packing_savesTimeLikeObjectsWhereLatencyIsAllThereIs() {
    PackingBound bound = bound("a b c a b c");

    assertThat(bound.timeSavedRatio(1)).isEqualTo(bound.objectHitRatio(1), offset(1e-12));
  }

  @Test
  void belady_keepsWhatComesBackSoonest() {
    assertThat(belady("a b c a b c", 2)).isEqualTo("...ab. | ");
  }

  @Test
  void belady_weighsTimeBySize() {
    assertThat(belady("a1 b3 a1 b3", 3)).isEqualTo("..a. | ");
  }

  @Test
  void belady_doesNotKeepWhatNeverComesBack() {
    assertThat(belady("a b c d a", 1)).isEqualTo("....a | ");
  }

  @Test
  void belady_saysSoWhenTheFutureIsAnother() {
    Workload workload = Tiny.workload("a b");
    BeladySizeCache cache = new BeladySizeCache(workload.blobRequests(), workload.catalogue(), 1);

    assertThatThrownBy(() -> cache.request(1, 0, true))
        .hasMessageContaining("content: 1 (expected: 0");
  }

  private static PackingBound bound(String trace) {
    Workload workload = Tiny.workload(trace);
    return new PackingBound(workload.blobRequests(), workload.catalogue());
  }

  private static String belady(String trace, long capacity) {
    Workload workload = Tiny.workload(trace);
    return Tiny.run(
        trace,
        workload,
        new BeladySizeCache(workload.blobRequests(), workload.catalogue(), capacity));
  }
}
