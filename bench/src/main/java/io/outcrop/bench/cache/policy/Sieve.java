package io.outcrop.bench.cache.policy;

import io.outcrop.oci.Digest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * SIEVE (Zhang et al., NSDI'24): a queue and a hand that moves from old to new, spares once what
 * was used since it last came by, and evicts what was not.
 */
final class Sieve extends Rival {

  private final Chain queue = new Chain();
  private @Nullable Entry hand;

  @Override
  public void admitted(Digest content, long bytes) {
    queue.add(entry(content, bytes));
  }

  @Override
  boolean isResident(Entry entry) {
    return true;
  }

  @Override
  void used(Entry entry) {
    entry.uses = 1;
  }

  @Override
  Optional<Entry> leastValuable() {
    Entry candidate = hand == null ? queue.oldest().orElse(null) : hand;
    while (candidate != null && candidate.uses > 0) {
      candidate.uses = 0;
      candidate = candidate.newer == null ? queue.oldest().orElseThrow() : candidate.newer;
    }
    hand = candidate;
    return Optional.ofNullable(candidate);
  }

  @Override
  void left(Entry entry) {
    if (entry == hand) {
      hand = entry.newer;
    }
    forget(entry);
  }
}
