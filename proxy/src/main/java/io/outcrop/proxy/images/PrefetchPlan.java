package io.outcrop.proxy.images;

import io.outcrop.oci.Digest;
import io.outcrop.oci.Repository;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which layers are to be fetched ahead, in their order, and for which clients. Bounded; not
 * thread-safe.
 */
final class PrefetchPlan {

  /** A client that has asked for nothing for so long does not want the rest. */
  static final Duration IDLE = Duration.ofSeconds(60);

  private static final int MOST_LAYERS = 1_000;
  private static final int MOST_GUESTS = 1_000;

  private final InstantSource clock;
  private final Map<Guest, Instant> guests = new LinkedHashMap<>();
  private final Map<Digest, Planned> layers = new LinkedHashMap<>();

  PrefetchPlan(InstantSource clock) {
    this.clock = clock;
  }

  /** Plans the missing layers of an image for a client, the base first. */
  void add(Repository repository, Digest manifest, List<Digest> missing, int client) {
    if (guests.size() >= MOST_GUESTS) {
      return;
    }
    Guest guest = new Guest(client, manifest);
    guests.put(guest, clock.instant());
    for (Digest layer : missing) {
      if (layers.size() < MOST_LAYERS || layers.containsKey(layer)) {
        layers
            .computeIfAbsent(layer, key -> new Planned(repository, new HashSet<>()))
            .guests
            .add(guest);
      }
    }
  }

  /** Notes that a client is there. */
  void seen(int client) {
    Instant now = clock.instant();
    guests.replaceAll((guest, last) -> guest.client == client ? now : last);
  }

  /** A layer needs to be fetched no more. */
  void done(Digest layer) {
    layers.remove(layer);
  }

  /** The next layer to fetch, of those that may be. */
  Optional<Map.Entry<Digest, Repository>> next(Predicate<Map.Entry<Digest, Repository>> may) {
    return layers.entrySet().stream()
        .map(entry -> Map.entry(entry.getKey(), entry.getValue().repository))
        .filter(may)
        .findFirst();
  }

  boolean isEmpty() {
    return layers.isEmpty();
  }

  /** How many layers are to be fetched. */
  int size() {
    return layers.size();
  }

  /**
   * Takes out what no client waits for any more.
   *
   * @param busy manifests of which a client is just being sent a blob, however long that takes
   * @return the layers that were taken out
   */
  List<Digest> dropIdle(Predicate<Digest> busy) {
    Instant now = clock.instant();
    guests.replaceAll((guest, last) -> busy.test(guest.manifest) ? now : last);
    guests.values().removeIf(last -> last.plus(IDLE).isBefore(now));
    List<Digest> dropped =
        layers.entrySet().stream()
            .filter(entry -> entry.getValue().guests.stream().noneMatch(guests::containsKey))
            .map(Map.Entry::getKey)
            .toList();
    dropped.forEach(layers::remove);
    guests.keySet().retainAll(waiting());
    return dropped;
  }

  private Set<Guest> waiting() {
    Set<Guest> waiting = new HashSet<>();
    layers.values().forEach(planned -> waiting.addAll(planned.guests));
    return waiting;
  }

  private record Guest(int client, Digest manifest) {}

  private record Planned(Repository repository, Set<Guest> guests) {}
}
