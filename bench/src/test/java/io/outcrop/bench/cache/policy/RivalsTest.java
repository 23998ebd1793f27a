package io.outcrop.bench.cache.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.outcrop.storage.cache.LeastRecentlyUsed;
import org.junit.jupiter.api.Test;

/** Each rival on traces that were worked out by hand: what is hit, and what is held in the end. */
final class RivalsTest {

  @Test
  void leastRecentlyUsed_evictsWhatWasNotUsedForLongest() {
    assertThat(Tiny.run("a b a c b", new LeastRecentlyUsed(), 2)).isEqualTo("..a.. | bc");
  }

  @Test
  void agingLfu_keepsWhatIsUsedOften() {
    assertThat(Tiny.run("a a b c a b", agingLfu(), 2)).isEqualTo(".a..a. | ab");
  }

  @Test
  void agingLfu_letsGoOfWhatWasUsedOftenLongAgo() {
    // Each eviction raises the value that new content begins with: b 1, c 2, b 3, then a has 4.
    assertThat(Tiny.run("a a b c a b d e", agingLfu(), 2)).isEqualTo(".a..a... | de");
  }

  @Test
  void leastRecentlyUsedTwice_evictsWhatWasUsedOnceFirst() {
    assertThat(Tiny.run("a a b c a", new LeastRecentlyUsedTwice(2), 2)).isEqualTo(".a..a | ac");
  }

  @Test
  void leastRecentlyUsedTwice_remembersUsesOfWhatIsGone() {
    // The use before last: a 2, b 3, c 4.
    assertThat(Tiny.run("a a b c a b c", new LeastRecentlyUsedTwice(2), 2))
        .isEqualTo(".a..a.. | bc");
  }

  @Test
  void twoQueue_promotesWhatReturnsAfterItFellOut() {
    assertThat(Tiny.run("a b c d e f g h i a c a", new TwoQueue(8), 8))
        .isEqualTo("..........ca | acdefghi");
  }

  @Test
  void twoQueue_isNotPollutedByAScan() {
    // Of eight, a quarter waits in the queue: a, which was promoted, outlives any number of others.
    assertThat(Tiny.run("a b c d e f g h i a j k l m n o p q r s a", new TwoQueue(8), 8))
        .startsWith("....................a");
  }

  @Test
  void byteArc_givesProbationMoreWhenItsGhostsReturn() {
    ByteArc policy = new ByteArc(2);

    assertThat(Tiny.run("a b a c b", policy, 2)).isEqualTo("..a.. | bc");
    assertThat(policy.target()).isEqualTo(1);
  }

  @Test
  void byteArc_givesProbationLessWhenTheOthersReturn() {
    ByteArc policy = new ByteArc(2);

    assertThat(Tiny.run("a b a c b a", policy, 2)).isEqualTo("..a... | ab");
    assertThat(policy.target()).isZero();
  }

  @Test
  void byteArc_weighsReturnsByTheirSize() {
    ByteArc policy = new ByteArc(8);

    // b leaves for c and returns, with 3 bytes.
    assertThat(Tiny.run("a4 b3 a4 c4 b3", policy, 8)).isEqualTo("..a.. | ab");
    assertThat(policy.target()).isEqualTo(3);
  }

  @Test
  void s3Fifo_movesOnWhatWasUsedTwiceWhileItWaited() {
    assertThat(Tiny.run("a b c d e f g h i j a a k b", new S3Fifo(10), 10))
        .isEqualTo("..........aa.. | abdefghijk");
  }

  @Test
  void s3Fifo_letsWhatIsUsedGoRoundInTheMainQueue() {
    // k pushes out a, and from then on each that returns pushes out the next, until all are in the
    // main queue, a with one use. For l, the hand spares a and takes b.
    String trace = "a b c d e f g h i j k a b a c d e f g h i j l a b";

    assertThat(Tiny.run(trace, new S3Fifo(10), 10))
        .isEqualTo(".............a.........a. | abcdefghij");
  }

  @Test
  void sieve_sparesOnceWhatWasUsed() {
    assertThat(Tiny.run("a b c a d b", new Sieve(), 3)).isEqualTo("...a.. | abd");
  }

  @Test
  void sieve_doesNotMoveWhatItSpares() {
    // The hand stays behind a, and takes the newer ones.
    assertThat(Tiny.run("a b c a d b c e a", new Sieve(), 3)).isEqualTo("...a....a | ace");
  }

  @Test
  void greedyDual_refusesWhatIsWorthLessThanWhatWouldHaveToLeave() {
    GreedyDual policy = new GreedyDual(bytes -> 1.0 / bytes, true, 0);

    assertThat(Tiny.run("a1 b9 c5 b9 a1", policy, 10)).isEqualTo("....a | ac");
  }

  @Test
  void greedyDual_countsUsesFromBeforeAnEviction() {
    GreedyDual policy = new GreedyDual(bytes -> 1.0 / bytes, true, 10);

    assertThat(Tiny.run("a1 b9 c5 b9 a1", policy, 10)).isEqualTo("....a | ab");
  }

  private static GreedyDual agingLfu() {
    return new GreedyDual(_ -> 1, false, 0);
  }
}
