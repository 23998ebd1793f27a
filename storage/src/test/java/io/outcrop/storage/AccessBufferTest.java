package io.outcrop.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.outcrop.oci.Digest;
import io.outcrop.storage.AccessBuffer.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class AccessBufferTest {

  private final AccessBuffer buffer = new AccessBuffer();

  @Test
  void handsOverWhatOneThreadNotedInItsOrder() {
    List<Digest> noted = digests(0, 200);
    noted.forEach(this::offer);

    assertThat(drained()).isEqualTo(noted);
    assertThat(drained()).isEmpty();
  }

  @Test
  void keepsTheOldestNotesWhenFullAndTakesNewOnesAfterADrain() {
    List<Digest> noted = digests(0, 1_000);
    noted.forEach(this::offer);

    assertThat(drained()).isEqualTo(noted.subList(0, 256));

    offer(noted.get(999));
    assertThat(drained()).containsExactly(noted.get(999));
  }

  @Test
  void goesOnWorkingOverManyRounds() {
    List<Digest> noted = digests(0, 100);
    for (int round = 0; round < 1_000; round++) {
      noted.forEach(this::offer);
      assertThat(drained()).hasSameSizeAs(noted);
    }
  }

  @Test
  void losesNoMoreThanOneNoteWhenTheConsumerFails() {
    List<Digest> noted = digests(0, 10);
    noted.forEach(this::offer);

    assertThatThrownBy(() ->
            buffer.drain((kind, digest, client) -> {
              throw new IllegalStateException("no");
            }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(drained()).isEqualTo(noted.subList(1, 10));
  }

  @Test
  void concurrentNotesAreHandedOverOnceEachOrDropped() throws InterruptedException {
    int writers = 8;
    int each = 20_000;
    List<Digest> all = digests(0, writers * each);
    CountDownLatch start = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (int w = 0; w < writers; w++) {
      List<Digest> own = all.subList(w * each, (w + 1) * each);
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                try {
                  start.await();
                } catch (InterruptedException e) {
                  return;
                }
                own.forEach(this::offer);
              }));
    }
    List<Digest> seen = new ArrayList<>();
    start.countDown();
    while (threads.stream().anyMatch(Thread::isAlive)) {
      buffer.drain((kind, digest, client) -> seen.add(digest));
      Thread.onSpinWait();
    }
    buffer.drain((kind, digest, client) -> seen.add(digest));

    assertThat(seen).isNotEmpty().doesNotHaveDuplicates();
    Set<Digest> known = new HashSet<>(all);
    assertThat(known.containsAll(seen)).isTrue();

    List<Digest> after = digests(1_000_000, 1);
    offer(after.getFirst());
    assertThat(drained()).isEqualTo(after);
  }

  @Test
  void handsOverWhoAskedForWhat() {
    List<Digest> noted = digests(0, 300);
    List<String> seen = new ArrayList<>();
    for (int round = 0; round < 3; round++) { // Over the end of the slots.
      seen.clear();
      for (int i = 0; i < 200; i++) {
        buffer.offer(i % 3 == 0 ? Kind.IMAGE : Kind.CONTENT, noted.get(i), -i);
      }
      buffer.drain((kind, digest, client) -> seen.add(kind + " " + digest + " " + client));

      assertThat(seen)
          .isEqualTo(
              IntStream.range(0, 200)
                  .mapToObj(i -> (i % 3 == 0 ? "IMAGE " : "CONTENT ") + noted.get(i) + " " + -i)
                  .toList());
    }
  }

  private void offer(Digest digest) {
    buffer.offer(Kind.CONTENT, digest, digest.hashCode());
  }

  private List<Digest> drained() {
    List<Digest> drained = new ArrayList<>();
    buffer.drain((kind, digest, client) -> drained.add(digest));
    return drained;
  }

  private static List<Digest> digests(int from, int count) {
    return IntStream.range(from, from + count)
        .mapToObj(i -> new Digest(Digest.Algorithm.SHA256, "%064x".formatted(i)))
        .toList();
  }
}
