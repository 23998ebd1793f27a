package io.outcrop.storage.cache;

import io.outcrop.oci.Digest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * Stack-ARC as its pseudo-code has it, one request at a time: four lists that are searched, no
 * heap, no image. It departs from ARC where {@link StackArc} says it does.
 */
final class NaiveStackArc {

  private static final double FLOOR = 0.05;
  private static final double CEILING = 0.5;
  private static final double MOST_USES = 8;
  private static final double SLACK = 1.05;
  private static final int MOST_PUSHES = 16;
  private static final long WINDOW_MILLIS = 60_000;

  final Map<Digest, Entry> once = new HashMap<>();
  final Map<Digest, Entry> again = new HashMap<>();
  final LinkedHashMap<Digest, Entry> onceGone = new LinkedHashMap<>();
  final LinkedHashMap<Digest, Entry> againGone = new LinkedHashMap<>();
  final List<Digest> evicted = new ArrayList<>();
  double p = 0.4;
  private double inflationOnce;
  private double inflationAgain;
  private final long capacity;
  private final ToDoubleFunction<Digest> cost;
  private final Map<String, Long> counted = new HashMap<>();

  NaiveStackArc(long capacity, ToDoubleFunction<Digest> cost) {
    this.capacity = capacity;
    this.cost = cost;
  }

  static final class Entry {
    final long bytes;
    double uses;
    float weight;
    double value;

    Entry(long bytes) {
      this.bytes = bytes;
    }
  }

  /** Whether the content is resident afterwards. */
  boolean access(Digest l, long bytes, int client, long now) {
    boolean counts = counts(l, client, now);
    if (once.containsKey(l) || again.containsKey(l)) {
      if (counts) {
        Entry entry = once.containsKey(l) ? once.remove(l) : again.remove(l);
        entry.uses++;
        again.put(l, entry);
        push(l, entry, inflationAgain);
      }
      return true;
    }
    Entry ghost = onceGone.containsKey(l) ? onceGone.get(l) : againGone.get(l);
    if (bytes > capacity) {
      return false;
    }
    if (bytes > capacity / 8.0 && ghost == null && capacity - sum(once) - sum(again) < bytes) {
      Entry refused = new Entry(bytes);
      refused.uses = 1;
      onceGone.put(l, refused);
      trim();
      return false;
    }
    while (sum(once) + sum(again) + bytes > capacity) {
      evictOne();
    }
    // It may have been forgotten meanwhile, to make room for the memory of what left for it.
    double before = 0;
    boolean known = onceGone.containsKey(l) || againGone.containsKey(l);
    if (onceGone.containsKey(l)) {
      step(Math.max(1, (double) sum(againGone) / sum(onceGone)) * bytes);
    } else if (againGone.containsKey(l)) {
      step(-Math.max(1, (double) sum(onceGone) / sum(againGone)) * bytes);
    }
    if (known) {
      before = (onceGone.containsKey(l) ? onceGone.remove(l) : againGone.remove(l)).uses;
    }
    Entry entry = new Entry(bytes);
    entry.uses = before + 1;
    (known ? again : once).put(l, entry);
    push(l, entry, known ? inflationAgain : inflationOnce);
    trim();
    return true;
  }

  private void evictOne() {
    boolean fromOnce = sum(once) > p * capacity || again.isEmpty();
    Map<Digest, Entry> list = fromOnce ? once : again;
    Digest victim = least(list);
    for (int i = 0; i < MOST_PUSHES; i++) {
      Entry entry = entry(list, victim);
      float weight = weight(victim, entry);
      if (weight <= entry.weight * SLACK) {
        break;
      }
      entry.value += (double) weight - entry.weight;
      entry.weight = weight;
      victim = least(list);
    }
    Entry entry = entry(list, victim);
    list.remove(victim);
    evicted.add(victim);
    if (fromOnce) {
      inflationOnce = Math.max(inflationOnce, entry.value);
      onceGone.put(victim, entry);
    } else {
      inflationAgain = Math.max(inflationAgain, entry.value);
      againGone.put(victim, entry);
    }
    trim();
  }

  private void trim() {
    while (onceGone.size() > 1 && sum(once) + sum(onceGone) > capacity) {
      onceGone.pollFirstEntry();
    }
    while (againGone.size() > 1
        && sum(once) + sum(again) + sum(onceGone) + sum(againGone) > 2 * capacity) {
      againGone.pollFirstEntry();
    }
  }

  private void step(double bytes) {
    p = Math.clamp(p + bytes / capacity, FLOOR, CEILING);
  }

  private void push(Digest l, Entry entry, double inflation) {
    entry.weight = weight(l, entry);
    entry.value = inflation + entry.weight;
  }

  private float weight(Digest l, Entry entry) {
    return (float)
        (Math.min(MOST_USES, entry.uses) * cost.applyAsDouble(l) / Math.max(4096, entry.bytes));
  }

  private boolean counts(Digest l, int client, long now) {
    Long last = counted.get(l + " " + client);
    if (client != 0 && last != null && now - last < WINDOW_MILLIS) {
      return false;
    }
    counted.put(l + " " + client, now);
    return true;
  }

  private static Digest least(Map<Digest, Entry> list) {
    return list.entrySet().stream()
        .min(Comparator.comparingDouble(e -> e.getValue().value))
        .map(Map.Entry::getKey)
        .orElseThrow();
  }

  private static Entry entry(Map<Digest, Entry> list, Digest digest) {
    return Optional.ofNullable(list.get(digest)).orElseThrow();
  }

  private static long sum(Map<Digest, Entry> list) {
    return list.values().stream().mapToLong(e -> e.bytes).sum();
  }
}
