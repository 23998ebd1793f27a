package io.outcrop.bench.cache.policy;

import io.outcrop.oci.Digest;
import java.util.Optional;

/**
 * S3-FIFO (Yang et al., SOSP'23): new content passes through a small queue of a tenth of the
 * capacity and moves on to the main queue if it was used more than once in it, or if it returns
 * after it fell out. The main queue lets what was used go round again, three times at most.
 */
final class S3Fifo extends Rival {

  private static final int MOST_USES = 3;
  private static final int USES_TO_MOVE_ON = 2;

  private final Chain small = new Chain();
  private final Chain main = new Chain();
  private final Chain gone = new Chain();
  private final long mostSmall;
  private final long mostMain;
  private final long mostGone;

  S3Fifo(long capacity) {
    mostSmall = Math.max(1, capacity / 10);
    mostMain = capacity - mostSmall;
    mostGone = capacity * 9 / 10;
  }

  @Override
  public void admitted(Digest content, long bytes) {
    Entry entry = entry(content, bytes);
    entry.uses = 0;
    (entry.isIn(gone) ? main : small).add(entry);
  }

  @Override
  boolean isResident(Entry entry) {
    return !entry.isIn(gone);
  }

  @Override
  void used(Entry entry) {
    entry.uses = Math.min(MOST_USES, entry.uses + 1);
  }

  @Override
  Optional<Entry> leastValuable() {
    while (!small.isEmpty() && (small.bytes() >= mostSmall || main.isEmpty())) {
      Entry candidate = small.oldest().orElseThrow();
      if (candidate.uses < USES_TO_MOVE_ON) {
        return Optional.of(candidate);
      }
      candidate.uses = 0;
      main.add(candidate);
      if (main.bytes() > mostMain) {
        break;
      }
    }
    return fromMain();
  }

  private Optional<Entry> fromMain() {
    while (!main.isEmpty()) {
      Entry candidate = main.oldest().orElseThrow();
      if (candidate.uses == 0) {
        return Optional.of(candidate);
      }
      candidate.uses--;
      main.add(candidate);
    }
    return Optional.empty();
  }

  @Override
  void left(Entry entry) {
    if (entry.isIn(small)) {
      gone.add(entry);
      trim(gone, mostGone);
    } else {
      forget(entry);
    }
  }
}
