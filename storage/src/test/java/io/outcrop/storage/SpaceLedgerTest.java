package io.outcrop.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.outcrop.oci.Digest;
import io.outcrop.storage.cache.LeastRecentlyUsed;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class SpaceLedgerTest {

  private static final Digest A = digest(1);
  private static final Digest B = digest(2);
  private static final Digest C = digest(3);

  private final Map<Digest, Long> resident = new ConcurrentHashMap<>();
  private final Set<Digest> inUse = new HashSet<>();
  private final List<Digest> gone = new ArrayList<>();
  private final AtomicInteger lateUses = new AtomicInteger();
  private final SpaceLedger<LeastRecentlyUsed> ledger =
      new SpaceLedger<>(
          100,
          new LeastRecentlyUsed(),
          digest -> resident.containsKey(digest) && !inUse.contains(digest),
          this::evict,
          gone::add,
          lateUses::incrementAndGet);

  @Test
  void booksUpToTheBoundExactly() throws Exception {
    ledger.book(100);
    ledger.free(1);
    ledger.book(1);

    assertThatThrownBy(() -> ledger.book(1)).isInstanceOf(InsufficientSpaceException.class);
    assertThat(ledger.usage().booked()).isEqualTo(100);
  }

  @Test
  void refusesMoreThanTheCapacityWithoutOverflow() {
    assertThatThrownBy(() -> ledger.book(101)).hasMessageContaining("101");
    assertThatThrownBy(() -> ledger.book(Long.MAX_VALUE))
        .isInstanceOf(InsufficientSpaceException.class);
    assertThat(ledger.usage().booked()).isZero();
  }

  @Test
  void evictsTheLeastRecentlyUsedOnlyWhenNeeded() throws Exception {
    admit(A, 40);
    admit(B, 40);
    ledger.accessed(A, 1);
    ledger.book(20);
    assertThat(gone).isEmpty();
    assertThat(lateUses).as("the policy is told of uses only before it chooses").hasValue(0);

    ledger.book(1);

    assertThat(gone).containsExactly(B);
    assertThat(ledger.usage()).isEqualTo(new SpaceLedger.Usage(100, 61, 1, 40, 0));
    assertThat(lateUses).hasValue(1);
  }

  @Test
  void passesOverContentInUse() throws Exception {
    admit(A, 40);
    admit(B, 40);
    inUse.add(A);

    ledger.book(30);

    assertThat(gone).containsExactly(B);
    assertThatThrownBy(() -> ledger.book(31)).isInstanceOf(InsufficientSpaceException.class);
    assertThat(resident).containsOnlyKeys(A);
  }

  @Test
  void dropsIdlePartialsBeforeCompleteContentOldestFirst() throws Exception {
    admit(A, 30);
    ledger.book(60);
    ledger.partialIdle(B, new IdlePartial(30, List.of()));
    ledger.partialIdle(C, new IdlePartial(30, List.of()));

    ledger.book(20);
    assertThat(gone).containsExactly(B);
    ledger.book(50);
    assertThat(gone).containsExactly(B, C);
    assertThat(ledger.usage().booked()).isEqualTo(100);
    ledger.book(30);
    assertThat(gone).containsExactly(B, C, A);
    assertThat(ledger.usage().evictions()).as("partials are not counted").isEqualTo(1);
  }

  @Test
  void leavesAPartialInUseAlone() throws Exception {
    ledger.book(60);
    ledger.partialIdle(A, new IdlePartial(60, List.of()));

    assertThat(ledger.partialResumed(A).bytes()).isEqualTo(60);
    assertThat(ledger.partialResumed(A).bytes()).isZero();
    assertThatThrownBy(() -> ledger.book(41)).isInstanceOf(InsufficientSpaceException.class);
    assertThat(gone).isEmpty();
  }

  @Test
  void evictsNothingForWhatCannotFitAnyway() throws Exception {
    admit(A, 40);
    ledger.book(50);

    assertThatThrownBy(() -> ledger.book(60)).isInstanceOf(InsufficientSpaceException.class);
    assertThat(gone).isEmpty();
  }

  @Test
  void evictingEmptyContentDoesNotCountAsRoom() throws Exception {
    admit(A, 0);
    admit(B, 0);
    admit(C, 80);

    ledger.book(50);

    assertThat(gone).containsExactly(A, B, C);
    assertThat(ledger.usage().booked()).isEqualTo(50);
  }

  @Test
  void enforceBringsRestoredContentWithinTheBound() {
    for (Digest digest : List.of(A, B, C)) {
      resident.put(digest, 60L);
      ledger.restored(60, false, policy -> policy.admitted(digest, 60));
    }
    ledger.partialRestored(digest(4), 60);
    assertThat(ledger.usage().booked()).isEqualTo(240);

    ledger.enforce();

    assertThat(gone).containsExactly(digest(4), A, B);
    assertThat(ledger.usage().booked()).isEqualTo(60);
  }

  @Test
  void concurrentBookingsNeverExceedTheBound() throws Exception {
    long seed = Long.getLong("outcrop.test.seed", System.nanoTime());
    AtomicInteger names = new AtomicInteger(100);
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<?>> running = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        Random random = new Random(seed + t);
        running.add(
            threads.submit(() -> {
              for (int i = 0; i < 20_000; i++) {
                bookAndAdmitOrFree(random, digest(names.incrementAndGet()));
                assertThat(ledger.usage().booked()).as("seed %d", seed).isBetween(0L, 100L);
              }
              return null;
            }));
      }
      for (Future<?> future : running) {
        future.get();
      }
    }
    assertThat(ledger.usage().booked())
        .as("seed %d", seed)
        .isEqualTo(resident.values().stream().mapToLong(Long::longValue).sum());
  }

  private void bookAndAdmitOrFree(Random random, Digest digest) {
    long bytes = random.nextInt(40);
    try {
      ledger.book(bytes);
    } catch (InsufficientSpaceException e) {
      return;
    }
    if (random.nextBoolean()) {
      resident.put(digest, bytes);
      ledger.admitted(digest, bytes, false);
    } else {
      ledger.free(bytes);
    }
  }

  private void admit(Digest digest, long bytes) throws InsufficientSpaceException {
    ledger.book(bytes);
    resident.put(digest, bytes);
    ledger.admitted(digest, bytes, false);
  }

  private boolean evict(Digest digest, Reason reason) {
    Long bytes = resident.remove(digest);
    if (bytes == null) {
      return false;
    }
    gone.add(digest);
    ledger.departed(digest, bytes, false, true);
    ledger.free(bytes);
    return true;
  }

  private static Digest digest(int n) {
    return new Digest(Digest.Algorithm.SHA256, "%064x".formatted(n));
  }
}
