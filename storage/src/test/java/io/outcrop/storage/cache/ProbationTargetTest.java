package io.outcrop.storage.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class ProbationTargetTest {

  private static final long CAPACITY = 1_000;

  private final ProbationTarget target =
      new ProbationTarget(new StackArcOptions.Probation(0.1, 0.5, 0.2, true));

  @Test
  void growsByTheSizeOfWhatComesBackToProbation() {
    target.ghostHit(SegmentName.GHOST_PROBATION, 50, 300, 200, CAPACITY);

    assertThat(target.share()).isCloseTo(0.25, within(1e-12));
  }

  @Test
  void shrinksByTheSizeOfWhatComesBackToProven() {
    target.ghostHit(SegmentName.GHOST_PROVEN, 50, 200, 300, CAPACITY);

    assertThat(target.share()).isCloseTo(0.15, within(1e-12));
  }

  @Test
  void aHitInTheSmallerMemoryCountsForMore() {
    target.ghostHit(SegmentName.GHOST_PROBATION, 20, 100, 400, CAPACITY);
    assertThat(target.share()).isCloseTo(0.28, within(1e-12));

    target.ghostHit(SegmentName.GHOST_PROVEN, 20, 400, 100, CAPACITY);
    assertThat(target.share()).isCloseTo(0.2, within(1e-12));
  }

  @Test
  void staysWithinItsBoundsWhateverComes() {
    target.ghostHit(SegmentName.GHOST_PROBATION, Long.MAX_VALUE, 0, Long.MAX_VALUE, CAPACITY);
    assertThat(target.share()).isEqualTo(0.5);

    target.ghostHit(SegmentName.GHOST_PROVEN, Long.MAX_VALUE, Long.MAX_VALUE, 0, 0);
    assertThat(target.share()).isEqualTo(0.1);

    target.restore(7);
    assertThat(target.share()).isEqualTo(0.5);
  }

  @Test
  void standsStillWhenItIsNotToLearn() {
    ProbationTarget fixed =
        new ProbationTarget(new StackArcOptions.Probation(0.1, 0.5, 0.2, false));
    fixed.ghostHit(SegmentName.GHOST_PROBATION, 50, 300, 200, CAPACITY);

    assertThat(fixed.share()).isEqualTo(0.2);
  }
}
