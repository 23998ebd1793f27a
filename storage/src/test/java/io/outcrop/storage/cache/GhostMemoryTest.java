package io.outcrop.storage.cache;

import static io.outcrop.storage.cache.Digests.digest;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class GhostMemoryTest {

  private static final long CAPACITY = 100;

  private final RememberedGhosts listener = new RememberedGhosts();
  private final GhostMemory memory = new GhostMemory(listener, new StackArcOptions.Ghosts(1, 10));

  @Test
  void forgetsTheOldestOnceProbationAndItsGhostsExceedTheCapacity() {
    for (int i = 0; i < 5; i++) {
      memory.add(digest(i), ghost(SegmentName.GHOST_PROBATION, 20));
    }

    memory.trim(30, 0, CAPACITY);

    assertThat(listener.ghosts).containsOnlyKeys(digest(2), digest(3), digest(4));
    assertThat(memory.bytes(SegmentName.GHOST_PROBATION)).isEqualTo(60);
    assertThat(memory.get(digest(1))).isNull();
  }

  @Test
  void forgetsProvenContentOnceAllExceedsTwiceTheCapacity() {
    for (int i = 0; i < 8; i++) {
      memory.add(digest(i), ghost(SegmentName.GHOST_PROVEN, 20));
    }

    memory.trim(0, CAPACITY, CAPACITY);

    assertThat(listener.ghosts)
        .containsOnlyKeys(digest(3), digest(4), digest(5), digest(6), digest(7));
  }

  @Test
  void forgetsOfTheLongerListWhenThereAreTooMany() {
    for (int i = 0; i < 9; i++) {
      memory.add(digest(i), ghost(SegmentName.GHOST_PROVEN, 0));
    }
    memory.add(digest(20), ghost(SegmentName.GHOST_PROBATION, 0));
    memory.add(digest(21), ghost(SegmentName.GHOST_PROBATION, 0));

    memory.trim(0, 0, CAPACITY);

    assertThat(memory.size()).isEqualTo(10);
    assertThat(listener.ghosts).doesNotContainKey(digest(0)).containsKey(digest(20));
  }

  @Test
  void keepsTheLatestEvenIfItIsLargerThanAll() {
    memory.add(digest(0), ghost(SegmentName.GHOST_PROBATION, 20));
    memory.add(digest(1), ghost(SegmentName.GHOST_PROBATION, 1_000));

    memory.trim(90, 0, CAPACITY);

    assertThat(listener.ghosts).containsOnlyKeys(digest(1));
  }

  @Test
  void tellsTheListenerOnlyWhatItDoesNotKnow() {
    memory.restore(digest(1), ghost(SegmentName.GHOST_PROVEN, 5));

    assertThat(listener.ghosts).isEmpty();
    assertThat(memory.get(digest(1))).isEqualTo(ghost(SegmentName.GHOST_PROVEN, 5));
    assertThat(memory.bytes(SegmentName.GHOST_PROVEN)).isEqualTo(5);
  }

  @Test
  void removesFromWhicheverListItIsIn() {
    memory.add(digest(1), ghost(SegmentName.GHOST_PROVEN, 5));
    memory.add(digest(2), ghost(SegmentName.GHOST_PROBATION, 7));
    memory.remove(digest(1));
    memory.remove(digest(3));

    assertThat(listener.ghosts).containsOnlyKeys(digest(2));
    assertThat(memory.bytes(SegmentName.GHOST_PROVEN)).isZero();
    assertThat(memory.bytes(SegmentName.GHOST_PROBATION)).isEqualTo(7);
  }

  private static Ghost ghost(SegmentName list, long bytes) {
    return new Ghost(list, bytes, 1, 0);
  }
}
