package io.outcrop.bench.cache.policy;

import io.outcrop.oci.Digest;
import io.outcrop.storage.cache.ReplacementPolicy;
import io.outcrop.storage.cache.Standing;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A policy of the literature. It knows neither pins nor clients, and gives no reasons. */
abstract class Rival implements ReplacementPolicy {

  /** What is resident and, of some rivals, what is remembered. */
  private final Map<Digest, Entry> entries = new HashMap<>();

  /** The entry of a content, resident or remembered. */
  final @Nullable Entry entry(Digest content) {
    return entries.get(content);
  }

  /** The entry of a content, made if nothing is known of it. */
  final Entry entry(Digest content, long bytes) {
    return entries.computeIfAbsent(content, added -> new Entry(added, bytes));
  }

  /** Forgets a content. */
  final void forget(Entry entry) {
    Chain.remove(entry);
    entries.remove(entry.content);
  }

  /** Forgets the oldest of a list until it is within a bound. */
  final void trim(Chain chain, long bound) {
    while (chain.bytes() > bound) {
      forget(chain.oldest().orElseThrow());
    }
  }

  @Override
  public boolean admits(Digest content, long bytes, long freeBytes, boolean wanted) {
    return true;
  }

  @Override
  public final void accessed(Digest content, int client) {
    Entry entry = entries.get(content);
    if (entry != null && isResident(entry)) {
      used(entry);
    }
  }

  @Override
  public final Optional<Digest> victim(Predicate<Digest> evictable) {
    return leastValuable().map(entry -> entry.content);
  }

  @Override
  public final void evicted(Digest content) {
    Entry entry = entries.get(content);
    if (entry != null) {
      left(entry);
    }
  }

  @Override
  public final void removed(Digest content) {
    Entry entry = entries.get(content);
    if (entry != null) {
      left(entry);
      forget(entry);
    }
  }

  @Override
  public final Optional<Standing> standing(Digest content) {
    return Optional.empty();
  }

  /** Whether the content of an entry is here, rather than remembered. */
  abstract boolean isResident(Entry entry);

  /** Resident content was asked for. */
  abstract void used(Entry entry);

  /** Who is to leave next. */
  abstract Optional<Entry> leastValuable();

  /** Resident content has left. */
  abstract void left(Entry entry);
}
