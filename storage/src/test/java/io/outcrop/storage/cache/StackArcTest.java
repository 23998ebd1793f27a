package io.outcrop.storage.cache;

import static io.outcrop.storage.cache.Digests.digest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.outcrop.oci.Digest;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

final class StackArcTest {

  private static final long MB = 1_000_000;
  private static final long CAPACITY = 1_000 * MB;
  private static final int CLIENT = 7;
  private static final Predicate<Digest> ALL = digest -> true;
  private static final Digest A = digest(1);
  private static final Digest B = digest(2);
  private static final Digest C = digest(3);
  private static final Digest IMAGE = digest(100);

  private final ManualClock clock = new ManualClock();
  private final Map<Digest, Double> costs = new HashMap<>();
  private final RememberedGhosts ghosts = new RememberedGhosts();
  private final StackArc policy =
      new StackArc(CAPACITY, clock, (digest, bytes) -> costs.getOrDefault(digest, 1.0), ghosts);
  private final CachedContent cache = new CachedContent(policy, CAPACITY);

  @Test
  void namesNothingWhenNothingIsResident() {
    assertThat(policy.victim(ALL)).isEmpty();
    assertThat(policy.standing(A)).isEmpty();
  }

  @Test
  void contentUsedOnceIsOnProbationAndContentUsedAgainProven() {
    policy.admitted(A, 10 * MB);
    assertThat(standing(A).list()).isEqualTo(SegmentName.PROBATION);
    assertThat(standing(A).frequency()).isEqualTo(1);

    policy.accessed(A, CLIENT);

    assertThat(standing(A).list()).isEqualTo(SegmentName.PROVEN);
    assertThat(standing(A).frequency()).isEqualTo(2);
  }

  @Test
  void ofContentAlikeInUseTheOneThatSavesLeastForItsSizeLeaves() {
    policy.admitted(A, 10 * MB);
    policy.admitted(B, 30 * MB);
    policy.admitted(C, 20 * MB);

    assertThat(policy.victim(ALL)).contains(B);
  }

  @Test
  void whatIsCheapToGetAgainLeavesFirst() {
    costs.put(B, 0.2);
    policy.admitted(A, 10 * MB);
    policy.admitted(B, 10 * MB);

    assertThat(policy.victim(ALL)).contains(B);
  }

  @Test
  void whatHasBecomeDearSinceIsPassedOver() {
    costs.put(A, 0.5);
    costs.put(B, 0.6);
    policy.admitted(A, 10 * MB);
    policy.admitted(B, 10 * MB);
    costs.put(A, 5.0); // The peer that had it is gone.

    assertThat(policy.victim(ALL)).contains(B);
  }

  @Test
  void whatHasBecomeCheapSinceIsFoundInTime() {
    for (int i = 0; i < 100; i++) {
      policy.admitted(digest(i), 10 * MB);
    }
    costs.put(digest(60), 0.1); // A peer has it now.

    for (int i = 0; i < 25; i++) {
      assertThat(policy.victim(ALL)).isPresent();
    }
    assertThat(policy.victim(ALL)).contains(digest(60));
  }

  @Test
  void aCostThatFlapsWithoutEndStillGivesAVictim() {
    double[] cost = {1e-6};
    StackArc flapping =
        new StackArc(
            CAPACITY,
            clock,
            (digest, bytes) -> {
              cost[0] *= 1.2;
              return cost[0];
            },
            GhostListener.NONE);
    for (int i = 0; i < 50; i++) {
      flapping.admitted(digest(i), MB);
    }
    assertThat(flapping.victim(ALL)).isPresent();
  }

  @Test
  void aScanLeavesProvenContentAlone() {
    for (int i = 0; i < 55; i++) {
      cache.request(digest(i), 10 * MB);
      cache.request(digest(i), 10 * MB);
    }
    for (int i = 1_000; i < 11_000; i++) {
      cache.request(digest(i), 10 * MB);
    }

    for (int i = 0; i < 55; i++) {
      assertThat(standing(digest(i)).list()).isEqualTo(SegmentName.PROVEN);
    }
  }

  @Test
  void provenContentThatIsNotUsedAnyMoreFallsBehind() {
    cache.request(A, 10 * MB);
    for (int i = 0; i < 20; i++) {
      cache.request(A, 10 * MB);
    }
    for (int i = 0; i < 3_000; i++) {
      cache.request(digest(1_000 + i), 10 * MB);
      cache.request(digest(1_000 + i), 10 * MB);
    }

    assertThat(cache.resident).doesNotContainKey(A);
  }

  @Test
  void whatWasEvictedIsRememberedWithItsUses() {
    policy.admitted(A, 10 * MB);
    policy.admitted(B, 10 * MB);
    policy.accessed(B, 1);
    policy.accessed(B, 2);
    policy.evicted(A);
    policy.evicted(B);

    assertThat(standing(A).list()).isEqualTo(SegmentName.GHOST_PROBATION);
    assertThat(standing(B).list()).isEqualTo(SegmentName.GHOST_PROVEN);
    assertThat(ghosts.ghosts)
        .containsEntry(B, new Ghost(SegmentName.GHOST_PROVEN, 10 * MB, 3, clock.millis()))
        .containsOnlyKeys(A, B);

    policy.admitted(B, 10 * MB);
    assertThat(standing(B).list()).isEqualTo(SegmentName.PROVEN);
    assertThat(standing(B).frequency()).isEqualTo(4);
    assertThat(ghosts.ghosts).containsOnlyKeys(A);
  }

  @Test
  void whatComesBackMovesTheShareOfProbation() {
    double before = policy.state().probationShare();
    policy.admitted(A, 10 * MB);
    policy.evicted(A);
    policy.admitted(A, 10 * MB);

    assertThat(policy.state().probationShare()).isCloseTo(before + 0.01, within(1e-9));

    policy.evicted(A); // From proven, now.
    policy.admitted(A, 10 * MB);
    assertThat(policy.state().probationShare()).isCloseTo(before, within(1e-9));
  }

  @Test
  void whatWasRemovedIsNotRemembered() {
    policy.admitted(A, 10 * MB);
    policy.removed(A);
    policy.removed(B);
    policy.evicted(C);

    assertThat(policy.standing(A)).isEmpty();
    assertThat(ghosts.ghosts).isEmpty();
    assertThat(policy.victim(ALL)).isEmpty();
  }

  @Test
  void retriesAndRangesOfOneClientCountOnce() {
    policy.accessed(A, CLIENT); // Its request is what fills the cache.
    policy.admitted(A, 10 * MB);
    policy.accessed(A, CLIENT);
    policy.accessed(A, CLIENT);
    assertThat(standing(A).list()).isEqualTo(SegmentName.PROBATION);

    policy.accessed(A, 8);
    policy.accessed(A, 9);
    policy.accessed(A, 8);
    assertThat(standing(A).frequency()).isEqualTo(3);

    clock.advance(Duration.ofMinutes(1));
    policy.accessed(A, CLIENT);
    assertThat(standing(A).frequency()).isEqualTo(4);
  }

  @Test
  void aUseThatDoesNotCountIsStillTheLatest() {
    policy.admitted(A, 10 * MB);
    policy.accessed(A, CLIENT);
    clock.advance(Duration.ofSeconds(30));
    policy.accessed(A, CLIENT);

    assertThat(standing(A).lastAccessMillis()).isEqualTo(clock.millis());
    assertThat(standing(A).frequency()).isEqualTo(2);
  }

  @Test
  void hugeContentIsKeptWhenItIsAskedForAgain() {
    long huge = CAPACITY / 8 + 1;
    assertThat(policy.admits(A, CAPACITY / 8, 0, false)).isTrue();
    assertThat(policy.admits(A, huge, 0, false)).isFalse();
    assertThat(standing(A).list()).isEqualTo(SegmentName.GHOST_PROBATION);
    assertThat(policy.admits(A, huge, 0, false)).isTrue();

    policy.admitted(A, huge);
    assertThat(standing(A).frequency()).isEqualTo(2);
  }

  @Test
  void hugeContentIsKeptWhenSeveralWaitOrThereIsRoom() {
    long huge = CAPACITY / 2;

    assertThat(policy.admits(A, huge, 0, true)).isTrue();
    assertThat(policy.admits(A, huge, huge, false)).isTrue();
    assertThat(policy.admits(A, huge, huge - 1, false)).isFalse();
  }

  @Test
  void contentThatCameMeanwhileIsNotRememberedAsRefused() {
    policy.admitted(A, CAPACITY / 2);

    assertThat(policy.admits(A, CAPACITY / 2, 0, false)).isTrue();
    assertThat(ghosts.ghosts).isEmpty();
  }

  @Test
  void contentLargerThanTheCapacityIsNeverKept() {
    assertThat(policy.admits(A, CAPACITY + 1, CAPACITY + 1, true)).isFalse();
    assertThat(policy.admits(A, CAPACITY + 1, CAPACITY + 1, true)).isFalse();
    assertThat(ghosts.ghosts).isEmpty();
  }

  @Test
  void aRefusalIsRememberedEvenIfItIsLargerThanAllOfProbationLeaves() {
    for (int i = 0; i < 40; i++) {
      cache.request(digest(i), 10 * MB);
    }
    assertThat(policy.admits(digest(99), 900 * MB, 0, false)).isFalse();
    assertThat(policy.admits(digest(99), 900 * MB, 0, false)).isTrue();
  }

  @Test
  void nothingLeavesThatIsInUse() {
    policy.admitted(A, 10 * MB);
    policy.admitted(B, 10 * MB);

    assertThat(policy.victim(digest -> false)).isEmpty();
    assertThat(policy.victim(B::equals)).contains(B);
    assertThat(policy.victim(A::equals)).contains(A);
  }

  @Test
  void pinnedContentOnProbationDoesNotMakeAllNewsLeaveAtOnce() {
    Set<Digest> pinned = new HashSet<>();
    for (int i = 0; i < 60; i++) {
      cache.request(digest(i), 10 * MB, 0, ALL);
      pinned.add(digest(i));
    }
    Predicate<Digest> evictable = digest -> !pinned.contains(digest);
    for (int i = 60; i < 100; i++) {
      cache.request(digest(i), 10 * MB, 0, evictable);
      cache.request(digest(i), 10 * MB, 0, evictable);
    }
    // 400 MB of proven content, and probation asked to take two fifths of what is not pinned: it
    // gives way when it has more.
    for (int i = 1_000; i < 1_100; i++) {
      cache.request(digest(i), 10 * MB, 0, evictable);
    }

    long news =
        cache.resident.keySet().stream()
            .filter(d -> !pinned.contains(d))
            .filter(d -> standing(d).list() == SegmentName.PROBATION)
            .count();
    assertThat(news).isEqualTo(17);
  }

  @Test
  void contentUsedWhileItIsInUseTakesItsNewPlace() {
    policy.admitted(A, 30 * MB);
    policy.admitted(B, 20 * MB);
    policy.admitted(C, 10 * MB);
    assertThat(policy.victim(digest -> !digest.equals(A))).contains(B);

    policy.accessed(A, CLIENT);

    assertThat(standing(A).list()).isEqualTo(SegmentName.PROVEN);
    policy.evicted(B);
    policy.evicted(C);
    assertThat(policy.victim(ALL)).contains(A);
    policy.removed(A);
    assertThat(policy.victim(ALL)).isEmpty();
  }

  @Test
  void imagesAreToldAndDecideNothing() {
    policy.admitted(A, 10 * MB);
    policy.admitted(B, 20 * MB);
    policy.admitted(C, 15 * MB);
    double before = standing(B).value();
    policy.image(IMAGE, List.of(B, C));
    policy.imageUsed(IMAGE);
    assertThat(standing(B).stackState()).isEqualTo(StackState.COMPLETE);
    assertThat(standing(A).stackState()).isEqualTo(StackState.NONE);
    assertThat(standing(B).value()).isEqualTo(before);
    assertThat(standing(B).frequency()).isEqualTo(1);

    assertThat(policy.victim(ALL)).contains(B);
    policy.evicted(B);

    assertThat(standing(C).stackState()).isEqualTo(StackState.BROKEN);
    assertThat(standing(B).stackState()).isEqualTo(StackState.BROKEN);
    assertThat(policy.victim(ALL)).contains(C);
  }

  @Test
  void anImageForgottenNoLongerSpeaksForItsLayers() {
    policy.admitted(A, 10 * MB);
    policy.image(IMAGE, List.of(A));
    policy.imageForgotten(IMAGE);

    assertThat(standing(A).stackState()).isEqualTo(StackState.NONE);
  }

  @Test
  void aSmallerCapacityRemembersLess() {
    for (int i = 0; i < 50; i++) {
      policy.admitted(digest(i), 10 * MB);
      policy.evicted(digest(i));
    }
    assertThat(ghosts.bytes(SegmentName.GHOST_PROBATION)).isEqualTo(500 * MB);

    policy.capacity(100 * MB);

    assertThat(ghosts.bytes(SegmentName.GHOST_PROBATION)).isEqualTo(100 * MB);
    assertThat(policy.admits(A, 101 * MB, 0, true)).isFalse();
    assertThatThrownBy(() -> policy.capacity(-1)).hasMessageContaining("bytes: -1");
  }

  @Test
  void withoutCapacityAllMustLeave() {
    policy.admitted(A, 10 * MB);
    policy.admitted(B, 10 * MB);
    policy.accessed(B, CLIENT);
    policy.capacity(0);
    cache.resident.put(A, 10 * MB);
    cache.resident.put(B, 10 * MB);
    cache.capacity = 0;

    assertThat(cache.makeRoom(0, ALL)).isTrue();
    assertThat(cache.resident).isEmpty();
  }

  @Test
  void emptyContentComesAndGoes() {
    policy.admitted(A, 0);
    policy.accessed(A, CLIENT);
    policy.evicted(A);
    policy.admitted(A, 0);

    assertThat(standing(A).value()).isFinite();
    assertThat(policy.victim(ALL)).contains(A);
  }

  @Test
  void contentAdmittedTwiceIsHeldOnce() {
    policy.admitted(A, 10 * MB);
    policy.admitted(A, 20 * MB);

    assertThat(standing(A).bytes()).isEqualTo(10 * MB);
    policy.evicted(A);
    assertThat(policy.victim(ALL)).isEmpty();
  }

  @Test
  void tellsWhatItWouldCostToGetAgain() {
    costs.put(A, 3.5);
    policy.admitted(A, 10 * MB);

    assertThat(standing(A).costSeconds()).isEqualTo(3.5);
    assertThat(standing(A).value()).isCloseTo(3.5e-7, within(1e-12));
  }

  @Test
  void restoredContentStandsWhereItStood() {
    policy.restore(new StackArc.State(0.3, 1e-6, 2e-6));
    Standing saved =
        new Standing(
            SegmentName.PROVEN, 10 * MB, 4, 1.5e-6, 1, StackState.NONE, clock.millis() - 5);
    policy.restoreResident(A, 10 * MB, saved);
    policy.restoreResident(A, 20 * MB, saved);
    policy.restoreGhost(B, new Ghost(SegmentName.GHOST_PROVEN, 10 * MB, 2, 0));
    policy.restoreGhost(A, new Ghost(SegmentName.GHOST_PROVEN, 10 * MB, 2, 0));

    assertThat(standing(A)).isEqualTo(saved);
    assertThat(standing(B).list()).isEqualTo(SegmentName.GHOST_PROVEN);
    assertThat(policy.state()).isEqualTo(new StackArc.State(0.3, 1e-6, 2e-6));
    assertThat(ghosts.ghosts).as("the listener knows what it has saved").isEmpty();
  }

  @Test
  void imagesRestoredAfterTheirLayersAreWholeOrBrokenAsBefore() {
    Standing saved = new Standing(SegmentName.PROVEN, MB, 1, 0, 1, StackState.NONE, clock.millis());
    policy.restoreResident(A, MB, saved);
    policy.restoreResident(B, MB, saved);
    policy.restoreGhost(C, new Ghost(SegmentName.GHOST_PROVEN, MB, 1, 0));
    policy.image(IMAGE, List.of(A));
    policy.image(digest(101), List.of(B, C));

    assertThat(standing(A).stackState()).isEqualTo(StackState.COMPLETE);
    assertThat(standing(B).stackState()).isEqualTo(StackState.BROKEN);
  }

  @Test
  void refusesAStateThatCannotBe() {
    assertThatThrownBy(() -> new StackArc.State(Double.NaN, 0, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new StackArc.State(0, -1, 0)).hasMessageContaining("-1");
    assertThatThrownBy(() -> new StackArc.State(0, 0, Double.POSITIVE_INFINITY))
        .hasMessageContaining("Infinity");
    assertThatThrownBy(
            () -> new Standing(SegmentName.PROVEN, 1, 1, Double.NaN, 1, StackState.NONE, 0))
        .hasMessageContaining("NaN");
    assertThatThrownBy(() -> new Ghost(SegmentName.PROVEN, 1, 1, 0)).hasMessageContaining("PROVEN");
  }

  private Standing standing(Digest content) {
    return policy.standing(content).orElseThrow();
  }
}
