package io.outcrop.storage;

import static io.outcrop.storage.Contents.bytes;
import static io.outcrop.storage.Contents.fill;
import static io.outcrop.storage.Contents.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.outcrop.oci.Digest;
import io.outcrop.storage.ChangeJournal.Changes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChangeJournalTest {

  @TempDir Path root;

  @Test
  void saysWhatCameAndWentInItsOrder() throws Exception {
    try (ContentStore store = Contents.open(root)) {
      assertThat(store.journal().since(0, 10)).isEqualTo(new Changes(1, List.of(), true));
      Digest small = put(store, bytes(1, 10));
      Digest large = fill(store, bytes(2, 100_000));
      put(store, bytes(1, 10)); // It is here: nothing changes.
      store.evict(large, Reason.OPERATOR);
      store.evict(small, Reason.OPERATOR);
      fill(store, bytes(2, 100_000));
      Files.delete(Contents.complete(root, large));
      assertThat(store.open(large)).isEmpty();

      List<ContentChange> all =
          List.of(
              new ContentChange(1, small, true),
              new ContentChange(2, large, true),
              new ContentChange(3, large, false),
              new ContentChange(4, small, false),
              new ContentChange(5, large, true),
              new ContentChange(6, large, false));
      assertThat(store.journal().since(0, 10)).isEqualTo(new Changes(1, all, true));
      assertThat(store.journal().since(2, 3).changes()).isEqualTo(all.subList(2, 5));
      assertThat(store.journal().since(6, 3)).isEqualTo(new Changes(1, List.of(), true));
      assertThat(store.journal().last()).isEqualTo(6);
      assertThat(store.journal().since(7, 3).complete())
          .as("whoever knows of more than there is has to begin anew")
          .isFalse();
    }
  }

  @Test
  void goesOnAfterAReopenInANewEpoch() throws Exception {
    Digest first;
    Digest lost;
    try (ContentStore store = Contents.open(root)) {
      first = put(store, bytes(1, 10));
      lost = fill(store, bytes(2, 100_000));
    }
    Files.delete(Contents.complete(root, lost));
    try (ContentStore store = Contents.open(root)) {
      Digest second = put(store, bytes(3, 10));

      assertThat(store.journal().epoch()).isEqualTo(2);
      assertThat(store.journal().since(0, 10).changes())
          .containsExactly(
              new ContentChange(1, first, true),
              new ContentChange(2, lost, true),
              new ContentChange(3, lost, false),
              new ContentChange(4, second, true));
    }
  }

  @Test
  void whatIsEvictedForRoomIsSaidToo() throws Exception {
    try (ContentStore store = Contents.open(root)) {
      for (int i = 0; i < 40; i++) {
        fill(store, bytes(i, 90_000));
        put(store, bytes(i, 60_000));
      }

      assertThat(follow(store)).isEqualTo(store.resident());
    }
  }

  @Test
  void forgetsTheOldestAndSaysSo() throws Exception {
    try (MetadataStore metadata = MetadataStore.open(root.resolve("db"))) {
      ChangeJournal journal = ChangeJournal.open(metadata);
      int number = 0;
      while (number < ChangeJournal.LENGTH + 5) {
        Batch batch = new Batch();
        for (int i = 0; i < 5_001; i++) {
          batch.came(digest(++number));
        }
        journal.write(batch, /* durably= */ false);
      }

      long first = number - ChangeJournal.LENGTH + 1;
      Changes fromTheStart = journal.since(0, 2);
      assertThat(fromTheStart.complete()).isFalse();
      assertThat(fromTheStart.changes())
          .containsExactly(
              new ContentChange(first, digest((int) first), true),
              new ContentChange(first + 1, digest((int) first + 1), true));
      assertThat(journal.since(first - 2, 1).complete()).isFalse();
      assertThat(journal.since(first - 1, 1).complete()).isTrue();
      assertThat(ChangeJournal.open(metadata).last()).isEqualTo(number);
    }
  }

  @Test
  void aBatchThatIsNotWrittenTakesNoNumber() throws Exception {
    MetadataStore metadata = MetadataStore.open(root.resolve("db"));
    ChangeJournal journal = ChangeJournal.open(metadata);
    journal.write(new Batch().came(digest(1)), /* durably= */ true);
    metadata.close();

    assertThatThrownBy(() -> journal.write(new Batch().came(digest(2)), /* durably= */ false))
        .isInstanceOf(StoreException.class);

    assertThat(journal.last()).isEqualTo(1);
  }

  /** Whoever has read a number has missed none before it, while many write. */
  @Test
  void hasNoGapsWhileManyWrite() throws Exception {
    int threads = 4;
    int each = 300;
    try (MetadataStore metadata = MetadataStore.open(root.resolve("db"));
        ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      ChangeJournal journal = ChangeJournal.open(metadata);
      List<Future<?>> writers = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        int from = t * each;
        writers.add(
            pool.submit(() -> {
              for (int i = 0; i < each; i++) {
                journal.write(new Batch().came(digest(from + i)), /* durably= */ false);
              }
              return null;
            }));
      }
      List<ContentChange> read = new ArrayList<>();
      while (read.size() < threads * each) {
        read.addAll(journal.since(read.size(), 7).changes());
        assertThat(read.isEmpty() ? 0 : read.getLast().sequence()).isEqualTo(read.size());
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
      assertThat(read).extracting(ContentChange::content).doesNotHaveDuplicates();
    }
  }

  /** What a peer takes to be here, which follows a few changes at a time. */
  private static Set<Digest> follow(ContentStore store) throws StoreException {
    Set<Digest> present = new HashSet<>();
    long known = 0;
    for (Changes next = store.journal().since(0, 7);
        !next.changes().isEmpty();
        next = store.journal().since(known, 7)) {
      assertThat(next.complete()).isTrue();
      for (ContentChange change : next.changes()) {
        if (change.present()) {
          assertThat(present.add(change.content())).isTrue();
        } else {
          assertThat(present.remove(change.content())).isTrue();
        }
        known = change.sequence();
      }
    }
    return present;
  }

  private static Digest digest(int number) {
    return new Digest(Digest.Algorithm.SHA256, "%064x".formatted(number));
  }
}
