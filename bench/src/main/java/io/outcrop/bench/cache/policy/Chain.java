package io.outcrop.bench.cache.policy;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A list of entries from oldest to newest that knows its bytes. An entry is in one at most. */
final class Chain {
  private @Nullable Entry oldest;
  private @Nullable Entry newest;
  private long bytes;

  long bytes() {
    return bytes;
  }

  boolean isEmpty() {
    return oldest == null;
  }

  Optional<Entry> oldest() {
    return Optional.ofNullable(oldest);
  }

  /** Makes an entry the newest of this list, wherever it was. */
  void add(Entry entry) {
    remove(entry);
    entry.chain = this;
    entry.older = newest;
    if (newest == null) {
      oldest = entry;
    } else {
      newest.newer = entry;
    }
    newest = entry;
    bytes += entry.bytes;
  }

  /** Takes an entry out of the list that it is in, if any. */
  static void remove(Entry entry) {
    Chain chain = entry.chain;
    if (chain == null) {
      return;
    }
    if (entry.older == null) {
      chain.oldest = entry.newer;
    } else {
      entry.older.newer = entry.newer;
    }
    if (entry.newer == null) {
      chain.newest = entry.older;
    } else {
      entry.newer.older = entry.older;
    }
    entry.older = null;
    entry.newer = null;
    entry.chain = null;
    chain.bytes -= entry.bytes;
  }
}
